// What status says of an object, in Kubernetes' own form.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

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

}  // namespace mlgateway::api
