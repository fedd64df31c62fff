// Which routes a quota limits. Pure.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "operator/api/mlquota.hpp"
#include "operator/api/object_key.hpp"

namespace mlgateway::quota {

struct Targets {
  std::vector<std::string> found;    // names of MLRoutes of the quota's namespace, sorted
  std::vector<std::string> missing;  // what it names and what is not there, sorted
};

// `routes` are all that exist, in force or not: a route that comes into force must find its quotas waiting.
Targets find_targets(const api::MLQuota& quota, const std::set<api::ObjectKey>& routes);

}  // namespace mlgateway::quota
