#include "sidecar/config/check.hpp"

#include <set>
#include <string_view>
#include <utility>

#include "sidecar/config/check_route.hpp"
#include "sidecar/config/syntax.hpp"

namespace mlgateway::config {
namespace {

constexpr std::size_t kMaxHash = 128;

void check_route(const Route& route, const Place& where, FirstFault& fault) {
  check_identity(route, where, fault);
  check_paths(route, where, fault);
  check_versions(route, where, fault);
  check_split(route, where, fault);
  check_auth(route, where, fault);
  check_limits(route, where, fault);
  fault.unless(route.hash.empty() || is_visible(route.hash, kMaxHash), where / "hash",
               "must be at most 128 visible characters");
}

}  // namespace

Status check(const GatewayConfig& config) {
  FirstFault fault;
  const Place document;
  const Place routes = document / "routes";
  fault.unless(config.hash.empty() || is_visible(config.hash, kMaxHash), document / "hash",
               "must be at most 128 visible characters");
  std::set<std::pair<std::string_view, std::string_view>> names;
  for (std::size_t i = 0; i < config.routes.size() && !fault.found(); ++i) {
    const Route& route = config.routes[i];
    check_route(route, routes[i], fault);
    fault.unless(names.emplace(route.namespace_name, route.name).second, routes[i] / "name",
                 "another route has this namespace and name");
  }
  if (fault.found()) return fault.error();
  return Done{};
}

}  // namespace mlgateway::config
