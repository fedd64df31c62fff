// The words of the contract for the values of its enumerations.
#pragma once

#include "sidecar/config/gateway_config.hpp"
#include "sidecar/config/json_reader.hpp"

namespace mlgateway::config {

inline constexpr Names<Protocol, 3> kProtocols = {{
    {"OpenInferenceV2", Protocol::OpenInferenceV2},
    {"OpenAI", Protocol::OpenAI},
    {"Generic", Protocol::Generic},
}};
inline constexpr Names<PathType, 2> kPathTypes = {{{"Exact", PathType::Exact}, {"Prefix", PathType::Prefix}}};
inline constexpr Names<StickyBy, 3> kStickyBys = {{
    {"None", StickyBy::None},
    {"Principal", StickyBy::Principal},
    {"Header", StickyBy::Header},
}};
inline constexpr Names<AuthType, 2> kAuthTypes = {{
    {"APIKey", AuthType::APIKey},
    {"Anonymous", AuthType::Anonymous},
}};

template <class Enum, std::size_t N>
constexpr std::string_view name_of(const Names<Enum, N>& names, Enum value) {
  for (const auto& [name, named] : names) {
    if (named == value) return name;
  }
  return {};
}

}  // namespace mlgateway::config
