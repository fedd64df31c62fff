#include "operator/cluster/usage.hpp"

#include <algorithm>

#include "operator/api/programmed.hpp"

namespace mlgateway::cluster {
namespace {

using Told = std::vector<const api::QuotaUse*>;

Told told_of(const api::ObjectKey& quota, const std::vector<workload::Workload>& workloads, const Reports& reports) {
  Told told;
  for (const workload::Workload& workload : workloads) {
    for (const workload::Pod& pod : workload.pods) {
      const auto report = reports.find(pod.key);
      if (report == reports.end()) continue;
      const auto& uses = report->second.uses;
      const auto use = std::find_if(uses.begin(), uses.end(), [&](const auto& each) { return each.key == quota; });
      if (use != uses.end()) told.push_back(&*use);
    }
  }
  return told;
}

api::LimitUse use_of(const config::Tier& tier, const config::Limit& limit, const Told& told) {
  api::LimitUse sum{tier.name, limit.name, limit.rate ? limit.rate->burst : limit.budget->amount, 0, 0, 0};
  for (const api::QuotaUse* use : told) {
    const auto same = std::find_if(use->limits.begin(), use->limits.end(), [&](const api::LimitUse& each) {
      return each.tier == tier.name && each.name == limit.name;
    });
    if (same == use->limits.end()) continue;
    sum.used = std::max(sum.used, same->used);
    sum.refused += same->refused;
    sum.refused_last_hour += same->refused_last_hour;
  }
  return sum;
}

}  // namespace

std::optional<api::QuotaUse> use_of(const config::Quota& quota, const std::vector<workload::Workload>& workloads,
                                    const Reports& reports) {
  const api::ObjectKey key = api::as_loaded(quota).key;
  const Told told = told_of(key, workloads, reports);
  if (told.empty()) return std::nullopt;
  api::QuotaUse use{key, {}};
  for (const config::Tier& tier : quota.tiers) {
    for (const config::Limit& limit : tier.limits) use.limits.push_back(use_of(tier, limit, told));
  }
  return use;
}

}  // namespace mlgateway::cluster
