#include "operator/api/route_status.hpp"

#include <nlohmann/json.hpp>

namespace mlgateway::api {
namespace {

using Json = nlohmann::json;

// The bounds of the status in crds/; the conditions' messages speak of what is beyond.
constexpr std::size_t kMostKeySets = 256;
constexpr std::size_t kMostRefused = 64;

Json to_json(const Condition& condition) {
  return {{"type", condition.type},
          {"status", condition.status},
          {"reason", condition.reason},
          {"message", condition.message},
          {"lastTransitionTime", condition.last_transition_time},
          {"observedGeneration", condition.observed_generation}};
}

Json to_json(const KeySetStatus& set) {
  Json json = {{"secret", set.secret}, {"keys", set.keys}, {"expired", set.expired}};
  for (const RefusedEntry& entry : set.refused) {
    if (json["refused"].size() == kMostRefused) break;
    json["refused"].push_back({{"entry", entry.entry}, {"reason", entry.reason}});
  }
  return json;
}

}  // namespace

Json to_json(const RouteStatus& status) {
  Json json = {{"observedGeneration", status.generation}, {"conditions", Json::array()}};
  for (const Condition& condition : status.conditions) json["conditions"].push_back(to_json(condition));
  if (!status.weights.empty()) json["weights"] = status.weights;
  if (!status.programmed.empty()) json["programmed"] = status.programmed;
  for (const KeySetStatus& set : status.key_sets) {
    if (json["keySets"].size() == kMostKeySets) break;
    json["keySets"].push_back(to_json(set));
  }
  return json;
}

Conditions conditions_from(const Json& status) {
  Conditions conditions;
  try {
    for (const Json& json : status.at("conditions")) {
      conditions.push_back({json.at("type"), json.at("status"), json.at("reason"), json.at("message"),
                            json.at("lastTransitionTime"), json.at("observedGeneration")});
    }
  } catch (const Json::exception&) {
    conditions.clear();
  }
  return conditions;
}

}  // namespace mlgateway::api
