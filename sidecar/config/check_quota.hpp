// The part of check() for one quota.
#pragma once

#include "sidecar/config/gateway_config.hpp"
#include "sidecar/config/place.hpp"

namespace mlgateway::config {

// `where` is the quota's place, e.g. quotas[0].
void check_quota(const Quota& quota, const Place& where, FirstFault& fault);

}  // namespace mlgateway::config
