// The statuses of a namespace's routes and quotas, as they stand in the objects. Pure.
#pragma once

#include <vector>

#include <nlohmann/json.hpp>

#include "operator/cluster/tally.hpp"
#include "operator/route/plan.hpp"

namespace mlgateway::cluster {

// A workload whose configuration could not be put into force.
struct Withheld {
  std::string secret;
  std::string reason;  // ConfigTooLarge, NameConflict
  std::string words;
};

// What became of the workloads' configurations.
struct Enforcement {
  const std::vector<workload::Workload>& workloads;
  const Reports& reports;
  const std::vector<Withheld>& withheld;
};

// `status` as planned, with what the route's pods really run: Programmed counts them, Ready sums everything up.
// `previous` are the conditions that the object has.
api::RouteStatus route_status(api::RouteStatus status, const Enforcement& enforcement, const api::Conditions& previous,
                              WallTime now);

}  // namespace mlgateway::cluster
