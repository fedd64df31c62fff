#include "operator/quota/targets.hpp"

#include <algorithm>

namespace mlgateway::quota {

Targets find_targets(const api::MLQuota& quota, const std::set<api::ObjectKey>& routes) {
  Targets targets;
  const std::string& space = quota.key.namespace_name;
  for (const std::string& name : quota.targets) {
    (routes.contains({space, name}) ? targets.found : targets.missing).push_back(name);
  }
  std::sort(targets.found.begin(), targets.found.end());
  std::sort(targets.missing.begin(), targets.missing.end());
  if (!quota.targets.empty()) return targets;
  for (auto route = routes.lower_bound({space, ""}); route != routes.end(); ++route) {
    if (route->namespace_name != space) break;
    targets.found.push_back(route->name);
  }
  return targets;
}

}  // namespace mlgateway::quota
