#include "operator/quota/rules.hpp"

#include <algorithm>
#include <chrono>
#include <string>

#include <nlohmann/json.hpp>

#include "operator/api/value_rules.hpp"

namespace mlgateway::quota {
namespace {

using Json = nlohmann::json;
using namespace std::chrono_literals;

bool one_default_at_most(const Json& tiers) {
  return std::count_if(tiers.begin(), tiers.end(), [](const Json& tier) { return !tier.contains("match"); }) <= 1;
}

bool rate_or_budget(const Json& limit) { return limit.contains("rate") != limit.contains("budget"); }

bool per_and_burst_with_rate(const Json& limit) {
  return limit.contains("rate") || !(limit.contains("per") || limit.contains("burst"));
}

bool window_with_budget(const Json& limit) { return limit.contains("budget") == limit.contains("window"); }

bool requests_are_whole(const Json& limit) {
  if (limit.at("unit") != "Request" || !limit.contains("budget")) return true;
  return limit.at("budget").get_ref<const std::string&>().find('.') == std::string::npos;
}

bool period_in_range(const Json& value) { return api::duration_between(value, 1ms, 24h); }
bool window_in_range(const Json& value) { return api::duration_between(value, 1s, 744h); }

constexpr schema::Rule kRules[] = {
    {"spec.tiers", "at most one tier may be without `match`: it takes all whom no other tier takes",
     one_default_at_most},
    {"spec.tiers[].match.keyLabels", "keys of labels must have at most 317 characters", api::label_keys_are_short},
    {"spec.tiers[].limits[]", "exactly one of `rate` and `budget` must be set", rate_or_budget},
    {"spec.tiers[].limits[]", "`per` and `burst` may only be set with `rate`", per_and_burst_with_rate},
    {"spec.tiers[].limits[]", "`window` must be set with `budget`, and only with it", window_with_budget},
    {"spec.tiers[].limits[]", "`budget` must be a whole number with `unit` 'Request'", requests_are_whole},
    {"spec.tiers[].limits[].per", "must be from '1ms' to '24h'", period_in_range},
    {"spec.tiers[].limits[].budget", "must be more than 0", api::is_more_than_nothing},
    {"spec.tiers[].limits[].window.rolling", "must be from '1s' to '744h'", window_in_range},
};

}  // namespace

std::span<const schema::Rule> rules() { return kRules; }

}  // namespace mlgateway::quota
