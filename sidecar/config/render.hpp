// Values to the text of the contract, and the hashes that tell two of them apart.
#pragma once

#include <span>
#include <string>

#include "sidecar/config/gateway_config.hpp"

namespace mlgateway::config {

// Deterministic: equal values give equal bytes. parse(render(x)) == x for every x that check() passes.
std::string render(const GatewayConfig& config);

// SHA-256 of the route's methods and rules of authorization: what a token is judged by.
Digest auth_digest(const Route& route);

// Lower-case hexadecimal SHA-256 of the rendered quota without its `hash`. What the operator puts into Quota::hash.
std::string quota_hash(const Quota& quota);

// The same of the route, and of the hashes of those of `quotas` that it names (fill them first): who edits a quota
// changes the routes that it limits. What the operator puts into Route::hash.
std::string route_hash(const Route& route, std::span<const Quota> quotas = {});

// The same for the whole file without its own `hash` (the quotas' and the routes' hashes included: fill them first).
std::string config_hash(const GatewayConfig& config);

}  // namespace mlgateway::config
