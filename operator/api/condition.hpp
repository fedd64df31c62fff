// What status says of an object, in Kubernetes' own form, and the verdicts that it is made from.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "sidecar/base/clock.hpp"

namespace mlgateway::api {

struct Condition {
  std::string type;
  std::string status;  // "True", "False", "Unknown"
  std::string reason;
  std::string message;
  std::string last_transition_time;  // RFC 3339; changes only when `status` does
  std::int64_t observed_generation = 0;
  bool operator==(const Condition&) const = default;
};

using Conditions = std::vector<Condition>;

// What one verdict says; type, generation and time are added when it becomes a Condition.
struct Verdict {
  std::string status;
  std::string reason;
  std::string message;
};

// Keeps the transition time of the condition of that type in `previous` while the status stays.
Condition condition(std::string type, Verdict verdict, std::int64_t generation, const Conditions& previous,
                    WallTime now);

// One message of several sentences, cut where it helps nobody any more.
std::string joined(const std::vector<std::string>& sentences);

inline std::string generation_words(std::int64_t generation) { return "generation " + std::to_string(generation); }

// As they stand in a `status`, and back; none where it is not of that form.
nlohmann::json to_json(const Conditions& conditions);
Conditions conditions_from(const nlohmann::json& status);

}  // namespace mlgateway::api
