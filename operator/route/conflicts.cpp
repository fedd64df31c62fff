#include "operator/route/conflicts.hpp"

#include <algorithm>
#include <optional>
#include <tuple>

namespace mlgateway::route {
namespace {

constexpr const char* kAnyHost = "*";

std::vector<std::string> hosts_of(const api::MLRoute& route) {
  if (route.hostnames.empty()) return {kAnyHost};
  return route.hostnames;
}

// Whether `path` is `prefix` or lies below it, by whole elements.
bool below(const std::string& path, const std::string& prefix) {
  if (!path.starts_with(prefix)) return false;
  return prefix.ends_with('/') || path.size() == prefix.size() || path[prefix.size()] == '/';
}

bool overlap(const config::GenericPath& a, const config::GenericPath& b) {
  if (a.path == b.path) return true;
  if (a.type == config::PathType::Prefix && below(b.path, a.path)) return true;
  return b.type == config::PathType::Prefix && below(a.path, b.path);
}

// Protocols that share a path do not share a host and model.
config::Protocol family(config::Protocol protocol) {
  return protocol == config::Protocol::KServeV1 ? config::Protocol::OpenAI : protocol;
}

// Of an MLflow route it is empty: its requests do not say one.
std::string claimed_model(const api::MLRoute& route) {
  return route.protocol == config::Protocol::MLflow ? "" : route.model.value_or(route.key.name);
}

std::string model_words(const std::string& model) { return model.empty() ? "MLflow" : "model '" + model + "'"; }

std::string host_words(const std::string& host) { return host == kAnyHost ? "any host" : "host '" + host + "'"; }

// Who holds what already.
class Claims {
 public:
  // The conflict that keeps `route` from its claim; none: it now holds it.
  std::optional<Conflict> claim(const api::MLRoute& route) {
    return route.protocol == config::Protocol::Generic ? claim_paths(route) : claim_model(route);
  }

 private:
  using ModelClaim = std::tuple<config::Protocol, std::string, std::string>;
  struct PathClaim {
    config::GenericPath path;
    api::ObjectKey owner;
  };

  std::optional<Conflict> claim_model(const api::MLRoute& route) {
    const std::string model = claimed_model(route);
    const config::Protocol protocol = family(route.protocol);
    for (const std::string& host : hosts_of(route)) {
      const auto held = models_.find({protocol, host, model});
      if (held != models_.end()) return Conflict{held->second, model_words(model) + " on " + host_words(host)};
    }
    for (const std::string& host : hosts_of(route)) models_[{protocol, host, model}] = route.key;
    return std::nullopt;
  }

  std::optional<Conflict> claim_paths(const api::MLRoute& route) {
    for (const std::string& host : hosts_of(route)) {
      for (const config::GenericPath& path : route.paths) {
        const auto& held = paths_[host];
        const auto found =
            std::find_if(held.begin(), held.end(), [&](const PathClaim& c) { return overlap(c.path, path); });
        if (found == held.end()) continue;
        return Conflict{found->owner, "path '" + path.path + "' on " + host_words(host)};
      }
    }
    for (const std::string& host : hosts_of(route)) {
      for (const config::GenericPath& path : route.paths) paths_[host].push_back({path, route.key});
    }
    return std::nullopt;
  }

  std::map<ModelClaim, api::ObjectKey> models_;
  std::map<std::string, std::vector<PathClaim>> paths_;
};

}  // namespace

std::map<api::ObjectKey, Conflict> find_conflicts(const std::vector<ObservedRoute>& routes) {
  std::vector<const ObservedRoute*> by_age;
  for (const ObservedRoute& route : routes) {
    if (route.good) by_age.push_back(&route);
  }
  std::sort(by_age.begin(), by_age.end(), [](const ObservedRoute* a, const ObservedRoute* b) {
    return std::tie(a->created, a->key) < std::tie(b->created, b->key);
  });
  Claims claims;
  std::map<api::ObjectKey, Conflict> lost;
  for (const ObservedRoute* route : by_age) {
    if (auto conflict = claims.claim(*route->good)) lost.emplace(route->key, std::move(*conflict));
  }
  return lost;
}

}  // namespace mlgateway::route
