// What the sidecars said.
#pragma once

#include <map>

#include "operator/api/object_key.hpp"
#include "operator/api/sidecar_report.hpp"

namespace mlgateway::cluster {

// The newest report of each pod's sidecar; a pod that was not asked yet has none.
using Reports = std::map<api::ObjectKey, api::SidecarReport>;

}  // namespace mlgateway::cluster
