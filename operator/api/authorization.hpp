// `spec.auth.authorization` as the contract has it.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "sidecar/config/authorization.hpp"

namespace mlgateway::api {

// `json` must have passed its schema, defaults applied; anything else is a bug and throws.
config::Authorization authorization_from(const nlohmann::json& json);

}  // namespace mlgateway::api
