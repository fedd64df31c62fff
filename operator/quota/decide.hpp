// Which quotas are in force, and on which routes. Pure.
//
// A quota that is not in force limits nobody: its targets are served as if it were not there, neither opened to anybody
// nor closed, and its status says so. What was good stays in force while an edit of it is not.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "operator/api/observed.hpp"
#include "operator/quota/targets.hpp"
#include "sidecar/config/gateway_config.hpp"

namespace mlgateway::quota {

// Each one costs a request its share of the time that a decision takes. The sidecars refuse more.
inline constexpr std::size_t kMostQuotas = 8;  // of one route

// What was decided on one quota.
struct Outcome {
  api::Verdict accepted;
  Targets targets;                        // of the good version
  std::optional<config::Quota> rendered;  // none: not in force
};

// One for each of `quotas`, in their order. Where a route would have more than kMostQuotas, the youngest quotas are not
// accepted.
std::vector<Outcome> decide(const std::vector<api::ObservedQuota>& quotas, const std::set<api::ObjectKey>& routes);

// The names of the quotas in force on each route that has any, sorted.
std::map<api::ObjectKey, std::vector<std::string>> by_route(const std::vector<Outcome>& outcomes);

}  // namespace mlgateway::quota
