// The status of an MLQuota: what is really enforced, and how much of it is used.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "operator/api/condition.hpp"
#include "operator/api/object_key.hpp"

namespace mlgateway::api {

struct LimitStatus {
  std::string tier;
  std::string name;
  std::string used;  // "7/10", for the caller who has used most of it
  std::int64_t refused = 0;
  bool operator==(const LimitStatus&) const = default;
};

struct QuotaStatus {
  ObjectKey key;
  std::int64_t generation = 0;
  Conditions conditions;
  std::vector<std::string> targets;               // names of MLRoutes
  std::optional<std::int64_t> tiers;              // none: nothing is in force
  std::string most_used;                          // "7/10"; empty: not observed
  std::optional<std::int64_t> refused_last_hour;  // none: not observed
  std::vector<LimitStatus> limits;
  bool operator==(const QuotaStatus&) const = default;
};

// As `status` stands in the object.
nlohmann::json to_json(const QuotaStatus& status);

}  // namespace mlgateway::api
