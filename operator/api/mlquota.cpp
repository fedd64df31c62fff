#include "operator/api/mlquota.hpp"

#include "operator/api/json_fields.hpp"

namespace mlgateway::api {
namespace {

using Json = nlohmann::json;

constexpr config::Milliseconds kDefaultPer{1000};

config::Rate rate_from(const Json& limit) {
  const auto rate = limit.at("rate").get<config::Millionths>();
  const Json& per = member(limit, "per");
  return {rate * config::kOne, per.is_null() ? kDefaultPer : duration_from(per),
          limit.value("burst", rate) * config::kOne};
}

config::Limit limit_from(const Json& json) {
  config::Limit limit{json.at("name"), one_of(config::kLimitUnits, json.at("unit")), {}, {}};
  if (json.contains("rate")) limit.rate = rate_from(json);
  if (json.contains("budget")) {
    limit.budget = config::Budget{decimal_from(json.at("budget")), duration_from(json.at("window").at("rolling"))};
  }
  return limit;
}

config::Tier tier_from(const Json& json) {
  config::Tier tier{json.at("name"), {}, one_of(config::kQuotaScopes, json.at("scope")), {}};
  if (json.contains("match")) tier.key_labels = json.at("match").at("keyLabels").get<config::Labels>();
  for (const Json& limit : json.at("limits")) tier.limits.push_back(limit_from(limit));
  return tier;
}

}  // namespace

MLQuota mlquota_from(const Json& object) {
  const Json& spec = object.at("spec");
  MLQuota quota;
  quota.key = {object.at("metadata").at("namespace"), object.at("metadata").at("name")};
  for (const Json& target : member(spec, "targetRefs")) quota.targets.push_back(target.at("name"));
  quota.enforcement = one_of(config::kEnforcements, spec.at("enforcement"));
  for (const Json& tier : spec.at("tiers")) quota.tiers.push_back(tier_from(tier));
  return quota;
}

}  // namespace mlgateway::api
