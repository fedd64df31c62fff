// The configuration in force as /config shows it.
#pragma once

#include <nlohmann/json.hpp>

#include "sidecar/config/gateway_config.hpp"

namespace mlgateway::admin {

// As the operator rendered it, but of each digest only "sha256:" and eight hex digits: enough to tell keys apart and to
// see a rotation, too little to search for a weak key.
nlohmann::json masked(const config::GatewayConfig& config);

}  // namespace mlgateway::admin
