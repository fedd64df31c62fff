#include "sidecar/config/check_quota.hpp"

#include <set>

#include "sidecar/config/check_route.hpp"
#include "sidecar/config/syntax.hpp"

namespace mlgateway::config {
namespace {

constexpr std::int64_t kMaxPeriod = 24LL * 3600 * 1000;
constexpr std::int64_t kMinWindow = 1000;
constexpr std::int64_t kMaxWindow = 31 * kMaxPeriod;

void check_amount(Millionths amount, const Place& where, FirstFault& fault) {
  fault.unless_between<Millionths>(1, kMostMillionths, where, amount);
}

void check_limit(const Limit& limit, const Place& where, FirstFault& fault) {
  const Place rate = where / "rate";
  const Place budget = where / "budget";
  fault.unless(is_dns_label(limit.name, 63), where / "name", "must be a DNS-1035 label of at most 63 characters");
  fault.unless(limit.rate.has_value() != limit.budget.has_value(), where, "must have exactly one of rate and budget");
  if (limit.rate) {
    check_amount(limit.rate->amount, rate / "amount", fault);
    check_amount(limit.rate->burst, rate / "burst", fault);
    fault.unless_between<std::int64_t>(1, kMaxPeriod, rate / "perMs", limit.rate->per.count());
  }
  if (limit.budget) {
    check_amount(limit.budget->amount, budget / "amount", fault);
    fault.unless_between<std::int64_t>(kMinWindow, kMaxWindow, budget / "windowMs", limit.budget->window.count());
  }
}

void check_tier(const Tier& tier, const Place& where, FirstFault& fault) {
  const Place labels = where / "keyLabels";
  const Place limits = where / "limits";
  fault.unless(is_dns_label(tier.name, 63), where / "name", "must be a DNS-1035 label of at most 63 characters");
  if (tier.key_labels) {
    fault.unless_between<std::size_t>(1, 8, labels, tier.key_labels->size());
    check_labels(*tier.key_labels, labels, fault);
  }
  fault.unless_between<std::size_t>(1, 8, limits, tier.limits.size());
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < tier.limits.size(); ++i) {
    const Place place = limits[i];
    check_limit(tier.limits[i], place, fault);
    fault.unless(names.insert(tier.limits[i].name).second, place / "name", "another limit has this name");
  }
}

}  // namespace

void check_quota(const Quota& quota, const Place& where, FirstFault& fault) {
  const Place tiers = where / "tiers";
  fault.unless(is_visible(quota.namespace_name, 253), where / "namespace", "must be 1 to 253 visible characters");
  fault.unless(is_dns_label(quota.name, 40), where / "name", "must be a DNS-1035 label of at most 40 characters");
  fault.unless(quota.generation >= 0, where / "generation", "must not be negative");
  fault.unless_between<std::size_t>(1, 16, tiers, quota.tiers.size());
  std::set<std::string_view> names;
  bool has_default = false;
  for (std::size_t i = 0; i < quota.tiers.size(); ++i) {
    const Tier& tier = quota.tiers[i];
    const Place place = tiers[i];
    check_tier(tier, place, fault);
    fault.unless(names.insert(tier.name).second, place / "name", "another tier has this name");
    if (tier.key_labels) continue;
    fault.unless(!has_default, place, "at most one tier may be without keyLabels");
    has_default = true;
  }
}

}  // namespace mlgateway::config
