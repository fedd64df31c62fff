#include "operator/cluster/tally.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "operator/api/programmed.hpp"
#include "operator/cluster/usage.hpp"

namespace mlgateway::cluster {
namespace {

using Loadeds = std::vector<api::Loaded> api::SidecarReport::*;

// What one sidecar that does not run `wanted` runs instead; generation 0: nothing, or it does not say.
struct Lag {
  std::int64_t generation = 0;
  std::string why;
  bool refused = false;
};

std::optional<Lag> lag(const workload::Pod& pod, const api::Loaded& wanted, const Reports& reports, Loadeds list) {
  const auto found = reports.find(pod.key);
  if (found == reports.end()) return Lag{0, "was not asked yet"};
  const api::SidecarReport& report = found->second;
  if (!report.unreachable.empty()) return Lag{0, report.unreachable};
  const auto& loaded = report.*list;
  const auto runs = std::find_if(loaded.begin(), loaded.end(), [&](const auto& l) { return l.key == wanted.key; });
  if (runs != loaded.end() && *runs == wanted) return std::nullopt;
  const std::int64_t generation = runs == loaded.end() ? 0 : runs->generation;
  if (!report.config_error.empty()) return Lag{generation, report.config_error, true};
  if (generation == 0) return Lag{0, "has not loaded it yet"};
  return Lag{generation, "runs what was before, of " + api::generation_words(generation)};
}

template <class Rendered>
void count(const std::vector<Rendered>& rendered, const api::ObjectKey& key, const workload::Workload& workload,
           const Reports& reports, Loadeds list, Tally& tally) {
  const auto found =
      std::find_if(rendered.begin(), rendered.end(), [&](const Rendered& r) { return api::as_loaded(r).key == key; });
  if (found == rendered.end()) return;
  tally.selected = true;
  for (const workload::Pod& pod : workload.pods) {
    if (!pod.ready || pod.leaving || pod.address.empty()) continue;
    ++tally.ready;
    if (!reports.contains(pod.key)) ++tally.unasked;
    const auto behind = lag(pod, api::as_loaded(*found), reports, list);
    if (!behind) ++tally.current;
    if (behind && behind->refused) tally.refused = true;
    if (!behind || (!tally.behind.empty() && behind->generation >= tally.behind_generation)) continue;
    tally.behind = pod.key.name + ": " + behind->why;
    tally.behind_generation = behind->generation;
  }
}

bool everywhere(const Tally& tally) { return tally.ready > 0 && tally.current == tally.ready; }

}  // namespace

Tally tally_of(const api::ObjectKey& route, const std::vector<workload::Workload>& workloads, const Reports& reports) {
  Tally tally;
  std::set<std::string> apart;
  for (const workload::Workload& workload : workloads) {
    count(workload.config.routes, route, workload, reports, &api::SidecarReport::routes, tally);
    if (const auto found = workload.apart.find(route); found != workload.apart.end()) {
      apart.insert(found->second.begin(), found->second.end());
    }
  }
  tally.apart.assign(apart.begin(), apart.end());
  return tally;
}

Tally quota_tally_of(const api::ObjectKey& quota, const std::vector<workload::Workload>& workloads,
                     const Reports& reports) {
  Tally tally;
  for (const workload::Workload& workload : workloads) {
    count(workload.config.quotas, quota, workload, reports, &api::SidecarReport::quotas, tally);
  }
  return tally;
}

api::SidecarReport merged(const config::GatewayConfig& all, const std::vector<workload::Workload>& workloads,
                          const Reports& reports) {
  api::SidecarReport report;
  for (const config::Route& route : all.routes) {
    const api::Loaded loaded = api::as_loaded(route);
    if (everywhere(tally_of(loaded.key, workloads, reports))) report.routes.push_back(loaded);
  }
  for (const config::Quota& quota : all.quotas) {
    const api::Loaded loaded = api::as_loaded(quota);
    if (everywhere(quota_tally_of(loaded.key, workloads, reports))) report.quotas.push_back(loaded);
    if (auto use = use_of(quota, workloads, reports)) report.uses.push_back(std::move(*use));
  }
  return report;
}

api::Verdict programmed(const Tally& tally, const Selection& selection, std::int64_t generation) {
  const std::string what = api::generation_words(generation);
  if (!tally.selected && !selection.plain.empty()) return plain_pods(selection);
  if (!tally.selected) return {"False", "NoPods", "no pod has the labels of any version's podSelector"};
  if (tally.ready == 0) return {"False", "NoReadyPods", "no pod of the route is ready"};
  const std::string counts = std::to_string(tally.current) + " of " + std::to_string(tally.ready);
  if (tally.current == tally.ready) return {"True", "Programmed", counts + " sidecars run " + what};
  return {"False", tally.refused ? "ConfigRefused" : "NotLoaded",
          counts + " sidecars run " + what + "; " + tally.behind};
}

api::Verdict ready(const api::Conditions& conditions) {
  for (const api::Condition& condition : conditions) {
    if (condition.status != "True") return {"False", condition.reason, condition.type + ": " + condition.message};
  }
  return {"True", "Ready", "every pod enforces all of it"};
}

api::Verdict ready(const api::Conditions& conditions, const Tally& tally, const Selection& selection) {
  api::Verdict verdict = ready(conditions);
  if (verdict.status != "True") return verdict;
  if (!selection.plain.empty()) return plain_pods(selection);
  if (!selection.empty.empty()) return empty_versions(selection);
  if (!selection.open.empty()) return open_ports(selection);
  if (tally.apart.empty()) return verdict;
  std::string names;
  for (const std::string& name : tally.apart) names += (names.empty() ? "'" : "', '") + name;
  return {"False", "VersionsApart",
          "not every pod of the route is version " + names +
              "', and a sidecar reaches its own pod only: pods serve the versions that they are, with the weights "
              "shared out among them"};
}

}  // namespace mlgateway::cluster
