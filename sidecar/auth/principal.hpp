// The authenticated caller: always the triple (method, issuer, name), so that two methods' `alice` are two.
#pragma once

#include <string_view>

#include "sidecar/config/gateway_config.hpp"

namespace mlgateway::auth {

// Points into the GatewayConfig it was found in: keep the snapshot as long as the Principal.
struct Principal {
  std::string_view method{};               // of the route's auth.methods
  std::string_view issuer{};               // the Secret's name; empty when anonymous
  std::string_view name{};                 // the entry's name in the Secret; empty when anonymous
  std::string_view tenant{};               // empty: a tenant of his own
  const config::Labels* labels = nullptr;  // the key's labels; null when anonymous
  bool anonymous = false;
};

}  // namespace mlgateway::auth
