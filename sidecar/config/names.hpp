// The words of the contract for the values of its enumerations.
#pragma once

#include "sidecar/config/gateway_config.hpp"
#include "sidecar/config/json_reader.hpp"

namespace mlgateway::config {

inline constexpr Names<Protocol, 6> kProtocols = {{
    {"OpenInferenceV2", Protocol::OpenInferenceV2},
    {"KServeV1", Protocol::KServeV1},
    {"OpenAI", Protocol::OpenAI},
    {"MLflow", Protocol::MLflow},
    {"TorchServe", Protocol::TorchServe},
    {"Generic", Protocol::Generic},
}};
inline constexpr Names<PathType, 2> kPathTypes = {{{"Exact", PathType::Exact}, {"Prefix", PathType::Prefix}}};
inline constexpr Names<StickyBy, 3> kStickyBys = {{
    {"None", StickyBy::None},
    {"Principal", StickyBy::Principal},
    {"Header", StickyBy::Header},
}};
inline constexpr Names<AuthType, 4> kAuthTypes = {{
    {"APIKey", AuthType::APIKey},
    {"JWT", AuthType::JWT},
    {"Introspection", AuthType::Introspection},
    {"Anonymous", AuthType::Anonymous},
}};
inline constexpr Names<ClientAuthentication, 2> kClientAuthentications = {{
    {"Basic", ClientAuthentication::Basic},
    {"Post", ClientAuthentication::Post},
}};
inline constexpr Names<IdentityPart, 4> kIdentityParts = {{
    {"Principal", IdentityPart::Principal},
    {"Tenant", IdentityPart::Tenant},
    {"Issuer", IdentityPart::Issuer},
    {"Method", IdentityPart::Method},
}};
inline constexpr Names<Quantity, 5> kQuantities = {{
    {"Request", Quantity::Request},
    {"Rows", Quantity::Rows},
    {"Elements", Quantity::Elements},
    {"RequestBytes", Quantity::RequestBytes},
    {"Pointer", Quantity::Pointer},
}};
inline constexpr Names<CacheScope, 3> kCacheScopes = {{
    {"Principal", CacheScope::Principal},
    {"Tenant", CacheScope::Tenant},
    {"Shared", CacheScope::Shared},
}};
inline constexpr Names<LimitUnit, 2> kLimitUnits = {{{"Request", LimitUnit::Request}, {"Cost", LimitUnit::Cost}}};
inline constexpr Names<QuotaScope, 3> kQuotaScopes = {{
    {"Principal", QuotaScope::Principal},
    {"Tenant", QuotaScope::Tenant},
    {"Tier", QuotaScope::Tier},
}};
inline constexpr Names<Enforcement, 2> kEnforcements = {{
    {"Enforce", Enforcement::Enforce},
    {"DryRun", Enforcement::DryRun},
}};

inline constexpr Names<ClaimTest, 4> kClaimTests = {{
    {"Equals", ClaimTest::Equals},
    {"Contains", ClaimTest::Contains},
    {"OneOf", ClaimTest::OneOf},
    {"Prefix", ClaimTest::Prefix},
}};
inline constexpr Names<Operation, 3> kOperations = {{
    {"Predict", Operation::Predict},
    {"Metadata", Operation::Metadata},
    {"Health", Operation::Health},
}};
inline constexpr Names<Action, 2> kActions = {{{"Allow", Action::Allow}, {"Deny", Action::Deny}}};

template <class Enum, std::size_t N>
constexpr std::string_view name_of(const Names<Enum, N>& names, Enum value) {
  for (const auto& [name, named] : names) {
    if (named == value) return name;
  }
  return {};
}

}  // namespace mlgateway::config
