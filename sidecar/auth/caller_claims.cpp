#include "sidecar/auth/caller_claims.hpp"

#include <nlohmann/json.hpp>

#include "sidecar/config/syntax.hpp"
#include "sidecar/jose/claim_path.hpp"

namespace mlgateway::auth {
namespace {

// The names of callers and tenants are in the log, in status and in accounts; an API key's cannot be longer either.
constexpr std::size_t kMostNameBytes = 1024;
constexpr std::size_t kMostTenantBytes = 253;
constexpr std::size_t kMostLabelBytes = 1024;

Error unusable(const char* what) {
  return Error(Reason::TokenClaimsInvalid, std::string("the ") + what + "'s claim is missing or no plain text");
}

// Text that may name somebody; null for everything else.
const std::string* name_in(const nlohmann::json* claim, std::size_t most) {
  const std::string* const text = claim ? claim->get_ptr<const std::string*>() : nullptr;
  return text != nullptr && !text->empty() && config::is_text(*text, most) ? text : nullptr;
}

}  // namespace

Result<std::shared_ptr<Identity>> identify(const nlohmann::json& claims, const CallerClaims& wanted) {
  auto identity = std::make_shared<Identity>();
  identity->issuer = wanted.issuer;
  const std::string* const name = name_in(jose::find_claim(claims, wanted.principal), kMostNameBytes);
  if (name == nullptr) return unusable("principal");
  identity->name = *name;
  const nlohmann::json* const tenant = wanted.tenant.empty() ? nullptr : jose::find_claim(claims, wanted.tenant);
  if (tenant != nullptr) {
    const std::string* const text = name_in(tenant, kMostTenantBytes);
    if (text == nullptr) return unusable("tenant");
    identity->tenant = *text;
  }
  for (const auto& [label, path] : wanted.labels) {
    const nlohmann::json* const claim = jose::find_claim(claims, path);
    const auto value = claim ? jose::label_of(*claim, kMostLabelBytes) : std::nullopt;
    if (value) identity->labels.emplace(label, *value);
  }
  return identity;
}

}  // namespace mlgateway::auth
