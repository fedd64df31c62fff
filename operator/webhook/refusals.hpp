// Why a pod that asked for a gateway cannot have one. Pure.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "operator/webhook/settings.hpp"

namespace mlgateway::webhook {

// Why this is no Pod that could be looked into; empty: it is one. Everything else here takes what has passed this.
std::string shape_fault(const nlohmann::json& pod);

// The field that is in the way and what to do about it; empty: nothing is. `injected`: the pod has our record already,
// so a native sidecar and volumes of our names are ours and are mended instead.
std::string refusal(const nlohmann::json& pod, const Settings& settings, bool injected);

}  // namespace mlgateway::webhook
