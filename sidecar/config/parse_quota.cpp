#include "sidecar/config/names.hpp"
#include "sidecar/config/parse_parts.hpp"

namespace mlgateway::config {
namespace {

Rate read_rate(const JsonValue& value) {
  JsonObject object(value);
  Rate rate;
  rate.amount = object.at("amount").number<Millionths>();
  rate.per = read_milliseconds(object.at("perMs"));
  rate.burst = object.at("burst").number<Millionths>();
  object.refuse_others();
  return rate;
}

Budget read_budget(const JsonValue& value) {
  JsonObject object(value);
  Budget budget;
  budget.amount = object.at("amount").number<Millionths>();
  budget.window = read_milliseconds(object.at("windowMs"));
  object.refuse_others();
  return budget;
}

Limit read_limit(const JsonValue& value) {
  JsonObject object(value);
  Limit limit;
  limit.name = object.at("name").text();
  limit.unit = object.at("unit").one_of(kLimitUnits);
  if (const auto rate = object.find("rate")) limit.rate = read_rate(*rate);
  if (const auto budget = object.find("budget")) limit.budget = read_budget(*budget);
  object.refuse_others();
  return limit;
}

Tier read_tier(const JsonValue& value) {
  JsonObject object(value);
  Tier tier;
  tier.name = object.at("name").text();
  if (const auto labels = object.find("keyLabels")) tier.key_labels = labels->texts_by_name();
  tier.scope = object.at("scope").one_of(kQuotaScopes);
  tier.limits = object.at("limits").list(read_limit);
  object.refuse_others();
  return tier;
}

}  // namespace

Quota read_quota(const JsonValue& value) {
  JsonObject object(value);
  Quota quota;
  quota.namespace_name = object.at("namespace").text();
  quota.name = object.at("name").text();
  quota.generation = object.at("generation").number<std::int64_t>();
  quota.hash = object.at("hash").text();
  quota.enforcement = object.at("enforcement").one_of(kEnforcements);
  quota.tiers = object.at("tiers").list(read_tier);
  object.refuse_others();
  return quota;
}

}  // namespace mlgateway::config
