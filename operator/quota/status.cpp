#include "operator/quota/status.hpp"

#include <algorithm>
#include <string>

#include "operator/quota/conditions.hpp"
#include "sidecar/base/decimal.hpp"

namespace mlgateway::quota {
namespace {

// Only ever compared, so that the last digit of a quotient does not matter.
double share(const api::LimitUse& use) {
  return use.holds == 0 ? 0 : static_cast<double>(use.used) / static_cast<double>(use.holds);
}

std::string used_text(const api::LimitUse& use) { return decimal_text(use.used) + "/" + decimal_text(use.holds); }

void tell_use(const api::QuotaUse& use, api::QuotaStatus& status) {
  status.refused_last_hour = 0;
  for (const api::LimitUse& limit : use.limits) {
    status.limits.push_back({limit.tier, limit.name, used_text(limit), limit.refused});
    *status.refused_last_hour += limit.refused_last_hour;
  }
  const auto most = std::max_element(use.limits.begin(), use.limits.end(),
                                     [](const auto& a, const auto& b) { return share(a) < share(b); });
  if (most != use.limits.end()) status.most_used = used_text(*most);
}

}  // namespace

api::QuotaStatus status_of(const api::ObservedQuota& observed, const Outcome& outcome,
                           const std::set<api::ObjectKey>& lagging, const std::optional<api::SidecarReport>& sidecar,
                           WallTime now) {
  const std::int64_t enforced = observed.good ? observed.good_generation : observed.generation;
  api::QuotaStatus status;
  status.key = observed.key;
  status.generation = observed.generation;
  status.conditions = {
      api::condition("Accepted", outcome.accepted, observed.generation, observed.previous, now),
      api::condition("ResolvedRefs", resolved_refs(observed, outcome.targets), enforced, observed.previous, now),
      api::condition("Programmed", programmed(outcome, lagging, sidecar), enforced, observed.previous, now)};
  if (!outcome.rendered) return status;
  status.targets = outcome.targets.found;
  status.tiers = static_cast<std::int64_t>(outcome.rendered->tiers.size());
  if (!sidecar) return status;
  const auto use = std::find_if(sidecar->uses.begin(), sidecar->uses.end(),
                                [&](const api::QuotaUse& u) { return u.key == observed.key; });
  if (use != sidecar->uses.end()) tell_use(*use, status);
  return status;
}

}  // namespace mlgateway::quota
