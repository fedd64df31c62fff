#include "sidecar/gateway/commons.hpp"

namespace mlgateway::gateway {

std::vector<cache::Key> cache_tags(const config::Route& route) {
  std::vector<cache::Key> tags;
  for (const config::Version& version : route.versions) tags.push_back(cache::tag_of(route, version));
  return tags;
}

void Commons::adopt(const config::GatewayConfig& config) {
  std::map<RouteKey, std::shared_ptr<cache::Store>> next;
  const std::lock_guard lock(mutex_);
  for (const config::Route& route : config.routes) {
    if (!route.cache) continue;
    const RouteKey key{route.namespace_name, route.name};
    const auto known = stores_.find(key);
    auto store = known != stores_.end() ? known->second : std::make_shared<cache::Store>(route.cache->max_bytes);
    store->retain(cache_tags(route), route.cache->max_bytes);
    next.emplace(key, std::move(store));
  }
  stores_ = std::move(next);
}

std::shared_ptr<cache::Store> Commons::store(const config::Route& route) const {
  const std::lock_guard lock(mutex_);
  const auto found = stores_.find({route.namespace_name, route.name});
  return found == stores_.end() ? nullptr : found->second;
}

}  // namespace mlgateway::gateway
