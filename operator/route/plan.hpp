// From what is to what should be: the configuration of the sidecars and the status of every route and quota.
//
// Pure: no clock, no file, no network. Local mode and the cluster run the same plan; only who gathers the World and
// who carries out the Plan differ.
#pragma once

#include <optional>
#include <vector>

#include "operator/api/quota_status.hpp"
#include "operator/api/route_status.hpp"
#include "operator/route/world.hpp"
#include "sidecar/base/clock.hpp"
#include "sidecar/config/gateway_config.hpp"

namespace mlgateway::route {

struct Plan {
  config::GatewayConfig config;
  std::vector<api::RouteStatus> statuses;        // one for each route of the World, in its order
  std::vector<api::QuotaStatus> quota_statuses;  // one for each quota of the World, in its order
  std::optional<WallTime> again;                 // when time alone changes the plan: the next expiry of a key
};

Plan plan(const World& world, WallTime now);

}  // namespace mlgateway::route
