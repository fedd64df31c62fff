#include "sidecar/config/names.hpp"
#include "sidecar/config/render_parts.hpp"

namespace mlgateway::config {
namespace {

Json write_limit(const Limit& limit) {
  Json written = {{"name", limit.name}, {"unit", name_of(kLimitUnits, limit.unit)}};
  if (limit.rate) {
    written["rate"] = {
        {"amount", limit.rate->amount}, {"perMs", limit.rate->per.count()}, {"burst", limit.rate->burst}};
  }
  if (limit.budget) {
    written["budget"] = {{"amount", limit.budget->amount}, {"windowMs", limit.budget->window.count()}};
  }
  return written;
}

Json write_tier(const Tier& tier) {
  Json written = {{"name", tier.name}};
  if (tier.key_labels) written["keyLabels"] = write_labels(*tier.key_labels);
  written["scope"] = name_of(kQuotaScopes, tier.scope);
  written["limits"] = list(tier.limits, write_limit);
  return written;
}

}  // namespace

Json write_labels(const Labels& labels) {
  Json written = Json::object();
  for (const auto& [name, value] : labels) written[name] = value;
  return written;
}

Json write_quota(const Quota& quota, Hash hash) {
  Json written = {{"namespace", quota.namespace_name}, {"name", quota.name}, {"generation", quota.generation}};
  if (hash == Hash::With) written["hash"] = quota.hash;
  written["enforcement"] = name_of(kEnforcements, quota.enforcement);
  written["tiers"] = list(quota.tiers, write_tier);
  return written;
}

}  // namespace mlgateway::config
