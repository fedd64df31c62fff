// The authenticated caller: always the triple (method, issuer, name), so that two methods' `alice` are two.
#pragma once

#include <algorithm>
#include <memory>
#include <string_view>

#include "sidecar/config/gateway_config.hpp"

namespace mlgateway::auth {

struct Identity;

// Points into the GatewayConfig it was found in, and into `token`: keep the snapshot as long as the Principal.
struct Principal {
  std::string_view method{};               // of the route's auth.methods
  std::string_view issuer{};               // the Secret's name or the token's `iss`; empty when anonymous
  std::string_view name{};                 // the Secret's entry or the token's claim; empty when anonymous
  std::string_view tenant{};               // empty: a tenant of his own
  const config::Labels* labels = nullptr;  // the key's or the token's; null when anonymous
  bool anonymous = false;
  std::shared_ptr<const Identity> token{};  // keeps alive what a token has said
};

// All of them; nobody lacks none.
inline bool has_labels(const Principal& principal, const config::Labels& wanted) {
  if (principal.labels == nullptr) return wanted.empty();
  return std::all_of(wanted.begin(), wanted.end(), [&](const auto& label) {
    const auto found = principal.labels->find(label.first);
    return found != principal.labels->end() && found->second == label.second;
  });
}

}  // namespace mlgateway::auth
