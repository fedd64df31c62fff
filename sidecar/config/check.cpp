#include "sidecar/config/check.hpp"

#include <set>
#include <string_view>
#include <utility>

#include "sidecar/config/check_quota.hpp"
#include "sidecar/config/check_route.hpp"
#include "sidecar/config/syntax.hpp"

namespace mlgateway::config {
namespace {

constexpr std::size_t kMaxHash = 128;
constexpr std::size_t kMaxQuotas = 8;  // of one route

using ObjectNames = std::set<std::pair<std::string_view, std::string_view>>;  // namespace, name

void check_hash(const std::string& hash, const Place& where, FirstFault& fault) {
  fault.unless(hash.empty() || is_visible(hash, kMaxHash), where / "hash", "must be at most 128 visible characters");
}

void check_route(const Route& route, const Place& where, FirstFault& fault) {
  check_identity(route, where, fault);
  check_certificate(route, where, fault);
  check_paths(route, where, fault);
  check_versions(route, where, fault);
  check_split(route, where, fault);
  check_auth(route, where, fault);
  check_identity_headers(route, where, fault);
  check_authorization(route, where, fault);
  check_limits(route, where, fault);
  check_cost(route, where, fault);
  check_cache(route, where, fault);
  check_hash(route.hash, where, fault);
}

void check_quotas_of(const Route& route, const ObjectNames& quotas, const Place& where, FirstFault& fault) {
  const Place place = where / "quotas";
  fault.unless_between<std::size_t>(0, kMaxQuotas, place, route.quotas.size());
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < route.quotas.size(); ++i) {
    const std::string& name = route.quotas[i];
    fault.unless(quotas.contains({route.namespace_name, name}), place[i],
                 "the namespace has no quota \"" + name + "\"");
    fault.unless(seen.insert(name).second, place[i], "is there twice");
  }
}

}  // namespace

Status check(const GatewayConfig& config) {
  FirstFault fault;
  const Place document;
  const Place routes = document / "routes";
  const Place quotas = document / "quotas";
  check_hash(config.hash, document, fault);
  ObjectNames quota_names;
  for (std::size_t i = 0; i < config.quotas.size() && !fault.found(); ++i) {
    const Quota& quota = config.quotas[i];
    check_quota(quota, quotas[i], fault);
    check_hash(quota.hash, quotas[i], fault);
    fault.unless(quota_names.emplace(quota.namespace_name, quota.name).second, quotas[i] / "name",
                 "another quota has this namespace and name");
  }
  ObjectNames route_names;
  for (std::size_t i = 0; i < config.routes.size() && !fault.found(); ++i) {
    const Route& route = config.routes[i];
    check_route(route, routes[i], fault);
    check_quotas_of(route, quota_names, routes[i], fault);
    fault.unless(route_names.emplace(route.namespace_name, route.name).second, routes[i] / "name",
                 "another route has this namespace and name");
  }
  if (fault.found()) return fault.error();
  return Done{};
}

}  // namespace mlgateway::config
