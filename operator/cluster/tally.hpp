// How many of the sidecars run what was rendered for them, and what status says of it. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "operator/api/condition.hpp"
#include "operator/api/sidecar_report.hpp"
#include "operator/workload/workload.hpp"

namespace mlgateway::cluster {

// The newest report of each pod's sidecar; a pod that was not asked yet has none.
using Reports = std::map<api::ObjectKey, api::SidecarReport>;

struct Tally {
  int ready = 0;                   // pods that count: ready, and not leaving
  int current = 0;                 // of them: those that run what was rendered
  std::string behind;              // "POD: WHY" of one that does not
  std::vector<std::string> apart;  // versions that some workload cannot reach
  bool selected = false;           // whether any workload has the route at all
};

Tally tally_of(const api::ObjectKey& route, const std::vector<workload::Workload>& workloads, const Reports& reports);

// What all sidecars together run, as the plan wants it: an object of `all` is in it when every pod that counts runs its
// own workload's rendering of it, and there is one. Of use, the caller who has used most in any one sidecar.
api::SidecarReport merged(const config::GatewayConfig& all, const std::vector<workload::Workload>& workloads,
                          const Reports& reports);

// Of a route that is in force.
api::Verdict programmed(const Tally& tally, std::int64_t generation);

// The whole: `conditions` are the route's others.
api::Verdict ready(const api::Conditions& conditions, const Tally& tally);

}  // namespace mlgateway::cluster
