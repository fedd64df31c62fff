#include "operator/cluster/statuses.hpp"

#include <algorithm>
#include <utility>

namespace mlgateway::cluster {
namespace {

bool has_route(const workload::Workload& workload, const api::ObjectKey& key) {
  const auto& routes = workload.config.routes;
  return std::any_of(routes.begin(), routes.end(), [&](const config::Route& route) {
    return route.namespace_name == key.namespace_name && route.name == key.name;
  });
}

// Why some workload of the route keeps another configuration than the one rendered; null: none does.
const Withheld* withheld_from(const api::ObjectKey& key, const Enforcement& enforcement) {
  for (const Withheld& withheld : enforcement.withheld) {
    for (const workload::Workload& workload : enforcement.workloads) {
      if (workload.secret == withheld.secret && has_route(workload, key)) return &withheld;
    }
  }
  return nullptr;
}

}  // namespace

api::RouteStatus route_status(api::RouteStatus status, const Enforcement& enforcement, const api::Conditions& previous,
                              WallTime now) {
  const Tally tally = tally_of(status.key, enforcement.workloads, enforcement.reports);
  const auto found = enforcement.selections.find(status.key);
  const Selection selection = found == enforcement.selections.end() ? Selection() : found->second;
  const bool in_force = !status.weights.empty();
  const auto unexposed = enforcement.unexposed.find(status.key);
  for (api::Condition& condition : status.conditions) {
    if (condition.type == "Accepted" && unexposed != enforcement.unexposed.end()) {
      condition =
          api::condition("Accepted", {"False", "NameConflict", unexposed->second}, status.generation, previous, now);
    }
    if (condition.type != "Programmed" || !in_force) continue;
    const std::int64_t generation = condition.observed_generation;
    api::Verdict verdict = programmed(tally, selection, generation);
    if (const Withheld* const withheld = withheld_from(status.key, enforcement)) {
      verdict = {"False", withheld->reason, withheld->words};
    }
    condition = api::condition("Programmed", std::move(verdict), generation, previous, now);
  }
  status.programmed = in_force ? std::to_string(tally.current) + "/" + std::to_string(tally.ready) : "";
  api::Verdict whole = ready(status.conditions, tally, selection);
  status.conditions.push_back(api::condition("Ready", std::move(whole), status.generation, previous, now));
  return status;
}

bool is_premature(const Tally& tally, const api::Conditions& previous, std::int64_t generation) {
  return tally.unasked > 0 && std::any_of(previous.begin(), previous.end(), [&](const api::Condition& condition) {
           return condition.type == "Programmed" && condition.observed_generation == generation;
         });
}

api::QuotaStatus quota_status(api::QuotaStatus status, const api::Conditions& previous, WallTime now) {
  api::Verdict whole = ready(status.conditions);
  status.conditions.push_back(api::condition("Ready", std::move(whole), status.generation, previous, now));
  return status;
}

}  // namespace mlgateway::cluster
