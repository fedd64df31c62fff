#include "operator/cluster/tally.hpp"

#include <algorithm>
#include <set>

#include "operator/api/programmed.hpp"

namespace mlgateway::cluster {
namespace {

// Whether the sidecar of `pod` runs `wanted`; otherwise why not.
std::optional<std::string> lag(const workload::Pod& pod, const api::Loaded& wanted, const Reports& reports,
                               std::vector<api::Loaded> api::SidecarReport::* list) {
  const auto report = reports.find(pod.key);
  if (report == reports.end()) return "was not asked yet";
  if (!report->second.unreachable.empty()) return report->second.unreachable;
  const auto& loaded = report->second.*list;
  if (std::find(loaded.begin(), loaded.end(), wanted) != loaded.end()) return std::nullopt;
  if (!report->second.config_error.empty()) return report->second.config_error;
  return "has not loaded it yet";
}

template <class Rendered>
void count(const std::vector<Rendered>& rendered, const api::ObjectKey& key, const workload::Workload& workload,
           const Reports& reports, std::vector<api::Loaded> api::SidecarReport::* list, Tally& tally) {
  const auto found =
      std::find_if(rendered.begin(), rendered.end(), [&](const Rendered& r) { return api::as_loaded(r).key == key; });
  if (found == rendered.end()) return;
  tally.selected = true;
  for (const workload::Pod& pod : workload.pods) {
    if (!pod.ready || pod.leaving) continue;
    ++tally.ready;
    const auto why = lag(pod, api::as_loaded(*found), reports, list);
    if (!why) ++tally.current;
    if (why && tally.behind.empty()) tally.behind = pod.key.name + ": " + *why;
  }
}

bool everywhere(const Tally& tally) { return tally.ready > 0 && tally.current == tally.ready; }

void add_use(const api::QuotaUse& use, std::vector<api::QuotaUse>& uses) {
  const auto known = std::find_if(uses.begin(), uses.end(), [&](const auto& u) { return u.key == use.key; });
  if (known == uses.end()) {
    uses.push_back(use);
    return;
  }
  for (const api::LimitUse& limit : use.limits) {
    const auto same = std::find_if(known->limits.begin(), known->limits.end(),
                                   [&](const auto& l) { return l.tier == limit.tier && l.name == limit.name; });
    if (same == known->limits.end()) continue;
    same->used = std::max(same->used, limit.used);
    same->refused += limit.refused;
    same->refused_last_hour += limit.refused_last_hour;
  }
}

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

api::SidecarReport merged(const config::GatewayConfig& all, const std::vector<workload::Workload>& workloads,
                          const Reports& reports) {
  api::SidecarReport report;
  for (const config::Route& route : all.routes) {
    const api::Loaded loaded = api::as_loaded(route);
    if (everywhere(tally_of(loaded.key, workloads, reports))) report.routes.push_back(loaded);
  }
  for (const config::Quota& quota : all.quotas) {
    const api::Loaded loaded = api::as_loaded(quota);
    Tally tally;
    for (const workload::Workload& workload : workloads) {
      count(workload.config.quotas, loaded.key, workload, reports, &api::SidecarReport::quotas, tally);
    }
    if (everywhere(tally)) report.quotas.push_back(loaded);
  }
  for (const workload::Workload& workload : workloads) {
    for (const workload::Pod& pod : workload.pods) {
      const auto found = reports.find(pod.key);
      if (found == reports.end()) continue;
      for (const api::QuotaUse& use : found->second.uses) add_use(use, report.uses);
    }
  }
  return report;
}

api::Verdict programmed(const Tally& tally, std::int64_t generation) {
  const std::string what = api::generation_words(generation);
  if (!tally.selected) return {"False", "NoPods", "no pod with a sidecar has the labels of any version's podSelector"};
  if (tally.ready == 0) return {"False", "NoReadyPods", "no pod of the route is ready"};
  const std::string counts = std::to_string(tally.current) + " of " + std::to_string(tally.ready);
  if (tally.current == tally.ready) return {"True", "Programmed", counts + " sidecars run " + what};
  return {"False", "NotLoaded", counts + " sidecars run " + what + "; " + tally.behind};
}

api::Verdict ready(const api::Conditions& conditions, const Tally& tally) {
  for (const api::Condition& condition : conditions) {
    if (condition.status != "True") return {"False", condition.reason, condition.type + ": " + condition.message};
  }
  if (tally.apart.empty()) return {"True", "Ready", "every pod enforces all of it"};
  std::string names;
  for (const std::string& name : tally.apart) names += (names.empty() ? "'" : "', '") + name;
  return {"False", "VersionsApart",
          "not every pod of the route is version " + names +
              "', and a sidecar reaches its own pod only: pods serve the versions that they are, with the weights "
              "shared out among them"};
}

}  // namespace mlgateway::cluster
