// How many of the sidecars run what was rendered for them, and what status says of it. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "operator/api/condition.hpp"
#include "operator/api/sidecar_report.hpp"
#include "operator/cluster/reports.hpp"
#include "operator/cluster/selection.hpp"
#include "operator/workload/workload.hpp"

namespace mlgateway::cluster {

struct Tally {
  int ready = 0;       // pods that count: ready, at an address, and not leaving
  int current = 0;     // of them: those that run what was rendered
  int unasked = 0;     // of them: those that have not been asked yet
  std::string behind;  // "POD: WHY" of the one that runs the oldest generation, or none
  std::int64_t behind_generation = 0;
  bool refused = false;            // whether any of them has refused what was rendered
  std::vector<std::string> apart;  // versions that some workload cannot reach
  bool selected = false;           // whether any workload has the route at all
};

// Of a route; of a quota, with what concerns its own part of the configurations.
Tally tally_of(const api::ObjectKey& route, const std::vector<workload::Workload>& workloads, const Reports& reports);
Tally quota_tally_of(const api::ObjectKey& quota, const std::vector<workload::Workload>& workloads,
                     const Reports& reports);

// What all sidecars together run, as the plan wants it: an object of `all` is in it when every pod that counts runs its
// own workload's rendering of it, and there is one. Of use, the caller who has used most in any one sidecar; only of
// limits that `all` has, whatever else a sidecar tells.
api::SidecarReport merged(const config::GatewayConfig& all, const std::vector<workload::Workload>& workloads,
                          const Reports& reports);

// Of a route that is in force.
api::Verdict programmed(const Tally& tally, const Selection& selection, std::int64_t generation);

// The whole: `conditions` are the others that the object has. What is wrong with them goes first.
api::Verdict ready(const api::Conditions& conditions);
api::Verdict ready(const api::Conditions& conditions, const Tally& tally, const Selection& selection);

}  // namespace mlgateway::cluster
