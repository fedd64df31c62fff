// Values to the text of the contract, and the hashes that tell two of them apart.
#pragma once

#include <string>

#include "sidecar/config/gateway_config.hpp"

namespace mlgateway::config {

// Deterministic: equal values give equal bytes. parse(render(x)) == x for every x that check() passes.
std::string render(const GatewayConfig& config);

// Lower-case hexadecimal SHA-256 of the rendered route without its `hash`. What the operator puts into Route::hash.
std::string route_hash(const Route& route);

// The same for the whole file without its own `hash` (the routes' hashes included: fill them first).
std::string config_hash(const GatewayConfig& config);

}  // namespace mlgateway::config
