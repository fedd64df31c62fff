#include "operator/api/quota_status.hpp"

#include <nlohmann/json.hpp>

namespace mlgateway::api {
namespace {

// The bound of the status in crds/; the conditions speak of what is beyond.
constexpr std::size_t kMostTargets = 1024;

}  // namespace

nlohmann::json to_json(const QuotaStatus& status) {
  nlohmann::json json = {{"observedGeneration", status.generation}, {"conditions", to_json(status.conditions)}};
  for (const std::string& target : status.targets) {
    if (json["targets"].size() == kMostTargets) break;
    json["targets"].push_back(target);
  }
  if (status.tiers) json["tiers"] = *status.tiers;
  if (!status.most_used.empty()) json["mostUsed"] = status.most_used;
  if (status.refused_last_hour) json["refusedLastHour"] = *status.refused_last_hour;
  for (const LimitStatus& limit : status.limits) {
    json["limits"].push_back(
        {{"tier", limit.tier}, {"name", limit.name}, {"used", limit.used}, {"refused", limit.refused}});
  }
  return json;
}

}  // namespace mlgateway::api
