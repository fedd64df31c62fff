// The statuses of a namespace's routes and quotas, as they stand in the objects. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

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
  const std::map<api::ObjectKey, Selection>& selections;   // of the routes that can be read
  const std::map<api::ObjectKey, std::string>& unexposed;  // why a route in force has no Service
};

// `status` as planned, with what the route's pods really run: Programmed counts them, Ready sums everything up. A
// Service that is somebody else's makes it not Accepted.
// `previous` are the conditions that the object has.
api::RouteStatus route_status(api::RouteStatus status, const Enforcement& enforcement, const api::Conditions& previous,
                              WallTime now);

// Whether it is too early to say anything of an object that was judged before, in this generation: some sidecar has not
// been asked yet. Who begins to lead knows nothing, and must not take back for a moment what is true.
bool is_premature(const Tally& tally, const api::Conditions& previous, std::int64_t generation);

// `status` as planned, with Ready.
api::QuotaStatus quota_status(api::QuotaStatus status, const api::Conditions& previous, WallTime now);

}  // namespace mlgateway::cluster
