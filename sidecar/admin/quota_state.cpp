#include "sidecar/admin/quota_state.hpp"

#include "sidecar/base/decimal.hpp"
#include "sidecar/limits/tiers.hpp"

namespace mlgateway::admin {
namespace {

using nlohmann::json;

constexpr std::size_t kTopOwners = 5;

json describe_owner(const std::string& owner, limits::Amount used) {
  return {{"owner", limits::describe_owner(owner)}, {"used", decimal_text(used)}};
}

json describe_limit(const limits::LedgerTier& tier, std::size_t index, const limits::Ledger& ledger, Instant now) {
  const config::Limit& limit = tier.tier->limits[index];
  const auto use = ledger.use(tier.ids[index], now);
  json top = json::array();
  for (const auto& each : ledger.top(tier.ids[index], kTopOwners, now)) {
    top.push_back(describe_owner(each.owner, each.used));
  }
  json fullest;
  if (!use.fullest_owner.empty()) fullest = describe_owner(use.fullest_owner, use.fullest_used);
  return {{"tier", tier.tier->name},
          {"name", limit.name},
          {"unit", limit.unit == config::LimitUnit::Request ? "Request" : "Cost"},
          {"holds", decimal_text(holds(limit))},
          {"refused", use.refused},
          {"refusedLastHour", use.refused_last_hour},
          {"granted", decimal_text(use.granted)},
          {"reserved", decimal_text(use.reserved)},
          {"fullest", std::move(fullest)},
          {"top", std::move(top)}};
}

}  // namespace

limits::Amount holds(const config::Limit& limit) { return limit.rate ? limit.rate->burst : limit.budget->amount; }

json describe_quota(const config::Quota& quota, const limits::Ledger& ledger, Instant now) {
  json limits = json::array();
  for (const config::Tier& tier : quota.tiers) {
    const limits::LedgerTier enrolled = ledger.enrolled(quota, tier);
    for (std::size_t i = 0; i < enrolled.ids.size(); ++i) limits.push_back(describe_limit(enrolled, i, ledger, now));
  }
  return {{"namespace", quota.namespace_name},
          {"name", quota.name},
          {"generation", quota.generation},
          {"hash", quota.hash},
          {"limits", std::move(limits)}};
}

}  // namespace mlgateway::admin
