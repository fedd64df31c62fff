#include "sidecar/limits/tiers.hpp"

#include <algorithm>

#include "sidecar/limits/identity.hpp"

namespace mlgateway::limits {
namespace {

// The first letter of an owner's text tells what the parts after it are.
constexpr char kPrincipal = 'p';  // method, issuer, name
constexpr char kAnonymous = 'a';  // method
constexpr char kTenant = 't';     // tenant
constexpr char kEverybody = 'e';  // nothing

void append_principal(std::string& out, const auth::Principal& principal) {
  out += principal.anonymous ? kAnonymous : kPrincipal;
  append_part(out, principal.method);
  if (principal.anonymous) return;
  append_part(out, principal.issuer);
  append_part(out, principal.name);
}

// Null when there is none for him.
const LedgerTier* tier_of(const std::vector<LedgerTier>& tiers, const auth::Principal& principal) {
  const LedgerTier* for_everybody = nullptr;
  for (const LedgerTier& ready : tiers) {
    const auto& wanted = ready.tier->key_labels;
    if (wanted && auth::has_labels(principal, *wanted)) return &ready;
    if (!wanted && for_everybody == nullptr) for_everybody = &ready;
  }
  return for_everybody;
}

Error no_tier(const config::Quota& quota, const auth::Principal& principal) {
  std::string owner;
  append_principal(owner, principal);
  return {Reason::NoTier, "quota \"" + quota.name + "\" has no tier for " + describe_owner(owner)};
}

}  // namespace

void append_owner(std::string& out, config::QuotaScope scope, const auth::Principal& principal) {
  if (scope == config::QuotaScope::Tier) {
    out += kEverybody;
    return;
  }
  if (scope == config::QuotaScope::Principal || principal.tenant.empty()) return append_principal(out, principal);
  out += kTenant;
  append_part(out, principal.tenant);
}

std::string describe_owner(std::string_view owner) {
  const char kind = owner.empty() ? '\0' : owner.front();
  std::string_view rest = owner.substr(std::min<std::size_t>(1, owner.size()));
  std::vector<std::string> parts;
  for (std::string_view part; take_part(rest, part);) parts.emplace_back(part);
  if (!rest.empty()) return std::string(owner);
  if (kind == kEverybody && parts.empty()) return "everybody";
  if (kind == kTenant && parts.size() == 1) return "tenant " + parts[0];
  if (kind == kAnonymous && parts.size() == 1) return "anonymous (" + parts[0] + ")";
  if (kind == kPrincipal && parts.size() == 3) return parts[2] + " (" + parts[0] + "/" + parts[1] + ")";
  return std::string(owner);
}

RouteQuotas::RouteQuotas(const config::GatewayConfig& config, const config::Route& route, Ledger& ledger) {
  for (const config::Quota& quota : config.quotas) {
    const bool named = std::ranges::find(route.quotas, quota.name) != route.quotas.end();
    if (!named || quota.namespace_name != route.namespace_name) continue;
    Ready& ready = quotas_.emplace_back(Ready{&quota, {}, {}});
    for (const config::Tier& tier : quota.tiers) ready.tiers.push_back(ledger.enrol(quota, tier));
  }
  for (Ready& ready : quotas_) describe(ready, route.cost.unit);
}

Status RouteQuotas::claims_of(const auth::Principal& principal, Claims& claims) const {
  claims.claims.clear();
  // The texts must not move once a claim points to one.
  if (claims.owners.size() < quotas_.size()) claims.owners.resize(quotas_.size());
  for (const Ready& ready : quotas_) {
    const LedgerTier* tier = tier_of(ready.tiers, principal);
    if (tier == nullptr && ready.quota->enforcement == config::Enforcement::Enforce) {
      return no_tier(*ready.quota, principal);
    }
    if (tier == nullptr) continue;
    std::string& owner = claims.owners[claims.claims.size()];
    owner.clear();
    append_owner(owner, tier->tier->scope, principal);
    claims.claims.push_back({tier, owner});
  }
  return Done{};
}

void RouteQuotas::describe(Ready& ready, std::string_view cost_unit) const {
  const std::string before = quotas_.size() > 1 ? ready.quota->name + "." : "";
  for (const LedgerTier& each : ready.tiers) {
    std::vector<Policy>& policies = ready.policies.emplace_back();
    for (const config::Limit& limit : each.tier->limits) {
      policies.push_back(limits::policy_of(before + limit.name, limit, cost_unit));
    }
  }
}

const Policy& RouteQuotas::policy_of(const Standing& standing) const {
  const auto ready = std::ranges::find(quotas_, standing.tier->quota, &Ready::quota);
  const std::size_t tier = static_cast<std::size_t>(standing.tier - ready->tiers.data());
  return ready->policies[tier][static_cast<std::size_t>(standing.limit - standing.tier->tier->limits.data())];
}

}  // namespace mlgateway::limits
