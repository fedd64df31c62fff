#include "operator/api/condition.hpp"

#include <utility>

#include <nlohmann/json.hpp>

#include "operator/api/timestamp.hpp"

namespace mlgateway::api {
namespace {

using Json = nlohmann::json;

// More does not help anybody and has no end.
constexpr std::size_t kMostMessageBytes = 4096;

}  // namespace

Condition condition(std::string type, Verdict verdict, std::int64_t generation, const Conditions& previous,
                    WallTime now) {
  Condition result{std::move(type),           std::move(verdict.status),
                   std::move(verdict.reason), std::move(verdict.message),
                   format_timestamp(now),     generation};
  for (const Condition& before : previous) {
    if (before.type == result.type && before.status == result.status) {
      result.last_transition_time = before.last_transition_time;
    }
  }
  return result;
}

std::string joined(const std::vector<std::string>& sentences) {
  std::string text;
  for (const std::string& sentence : sentences) {
    if (text.size() + sentence.size() > kMostMessageBytes) return text + "; and more";
    text += (text.empty() ? "" : "; ") + sentence;
  }
  return text;
}

Json to_json(const Conditions& conditions) {
  Json json = Json::array();
  for (const Condition& condition : conditions) {
    json.push_back({{"type", condition.type},
                    {"status", condition.status},
                    {"reason", condition.reason},
                    {"message", condition.message},
                    {"lastTransitionTime", condition.last_transition_time},
                    {"observedGeneration", condition.observed_generation}});
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
