// Worlds for tests: small, complete, and changed by the test where it matters.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "operator/route/keys.hpp"
#include "operator/route/world.hpp"

namespace mlgateway::route {

inline const WallTime kNow{std::chrono::seconds(1'709'208'000)};  // 2024-02-29T12:00:00Z

inline constexpr const char* kKeyA = "key-a-0123456789";
inline constexpr const char* kKeyB = "key-b-0123456789";
inline constexpr const char* kKeyC = "key-c-0123456789";

// A good route that API keys of the Secrets labelled app=iris open.
inline ObservedRoute observed(const std::string& name) {
  api::MLRoute route;
  route.key = {"default", name};
  route.versions = {{"v1", "http://iris-v1:8080", std::nullopt}};
  route.methods = {{"keys", config::AuthType::APIKey, {{"app", "iris"}}, {{"x-api-key", ""}}}};
  ObservedRoute result;
  result.key = route.key;
  result.generation = result.good_generation = 1;
  result.good = std::move(route);
  result.created = kNow;
  return result;
}

inline ObservedRoute generic(const std::string& name, config::PathType type, const std::string& path) {
  ObservedRoute route = observed(name);
  route.good->protocol = config::Protocol::Generic;
  route.good->paths = {{type, path, {"POST"}}};
  return route;
}

// A Secret that such a route selects.
inline ObservedSecret secret(const std::string& name, std::map<std::string, std::string> entries) {
  return {{{"default", name}, {{"app", "iris"}, {kUseLabel, "key"}}, {}, std::move(entries)}, ""};
}

inline World world(std::vector<ObservedRoute> routes, std::vector<ObservedSecret> secrets = {}) {
  World result;
  result.routes = std::move(routes);
  result.secrets = std::move(secrets);
  return result;
}

}  // namespace mlgateway::route
