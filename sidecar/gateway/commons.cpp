#include "sidecar/gateway/commons.hpp"

#include <algorithm>

namespace mlgateway::gateway {
namespace {

std::vector<config::Certificate> certificates_of(const config::GatewayConfig& config) {
  std::vector<config::Certificate> all;
  for (const config::Route& route : config.routes) {
    const auto& certificate = route.certificate;
    if (!certificate || certificate->chain.empty()) continue;  // there is none to be had
    if (std::find(all.begin(), all.end(), *certificate) == all.end()) all.push_back(*certificate);
  }
  return all;
}

// They were found good when the configuration was.
std::shared_ptr<const tls::ServerContexts> contexts_of(const std::vector<config::Certificate>& all) {
  if (all.empty()) return nullptr;
  std::vector<tls::Certificate> read;
  for (const config::Certificate& each : all) {
    auto certificate = tls::read_certificate(each.chain, each.key);
    read.push_back(std::move(*certificate));
  }
  return std::make_shared<const tls::ServerContexts>(std::move(read));
}

}  // namespace

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
  if (auto certificates = certificates_of(config); certificates != certificates_) {
    contexts_ = contexts_of(certificates);
    certificates_ = std::move(certificates);
  }
}

std::shared_ptr<cache::Store> Commons::store(const config::Route& route) const {
  const std::lock_guard lock(mutex_);
  const auto found = stores_.find({route.namespace_name, route.name});
  return found == stores_.end() ? nullptr : found->second;
}

std::shared_ptr<const tls::ServerContexts> Commons::contexts() const {
  const std::lock_guard lock(mutex_);
  return contexts_;
}

}  // namespace mlgateway::gateway
