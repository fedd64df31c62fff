// An MLRoute, the keys that open it and the quotas that limit it, as the route of the contract; an MLQuota as its
// quota. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "operator/api/mlquota.hpp"
#include "operator/api/mlroute.hpp"
#include "sidecar/config/gateway_config.hpp"

namespace mlgateway::render {

// What the tokens of a method are verified with: a key set, or where the sidecar finds one.
struct TokenKeys {
  std::string keys;
  std::optional<config::RemoteKeys> remote = {};
  bool operator==(const TokenKeys&) const = default;
};

// Whom the methods ask, in their order; none for methods of other types.
using Introspections = std::vector<std::optional<config::Introspection>>;

// `key_sets`, `token_keys` and `introspections` stand in the order of route.methods; methods of other types have none.
// `generation` is that of the spec that is rendered. The route's hash is filled in. The URLs must have been found good
// (route/semantics.hpp). A version in pods is rendered as it is seen from a sidecar in one of these pods.
config::Route render(const api::MLRoute& route, std::int64_t generation,
                     std::vector<std::vector<config::KeySet>> key_sets, std::vector<TokenKeys> token_keys = {},
                     Introspections introspections = {}, std::optional<config::Certificate> certificate = {});

// Lets the quotas with these names limit the route; they are among `quotas`, hashes filled in. The route's hash is
// filled in again.
void limit(config::Route& route, std::vector<std::string> names, std::span<const config::Quota> quotas);

// The quota's hash is filled in.
config::Quota render(const api::MLQuota& quota, std::int64_t generation);

// As status shows them: "v1=95,v2=5".
std::string weights_text(const config::Route& route);

}  // namespace mlgateway::render
