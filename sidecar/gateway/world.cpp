#include "sidecar/gateway/world.hpp"

#include <algorithm>

namespace mlgateway::gateway {
namespace {

bool has_term(const config::Route& route, config::Quantity quantity) {
  const auto& terms = route.cost.terms;
  return std::any_of(terms.begin(), terms.end(), [&](const auto& term) { return term.quantity == quantity; });
}

// These speak JSON, so that white space in a body can be told from what counts.
bool speaks_json(config::Protocol protocol) {
  return protocol != config::Protocol::TorchServe && protocol != config::Protocol::Generic;
}

}  // namespace

RouteSetup::RouteSetup(const config::GatewayConfig& config, const config::Route& route, Commons& commons)
    : authenticator(route, commons.tokens()),
      quotas(config, route, commons.ledger()),
      wanted{
          .rows_and_elements = has_term(route, config::Quantity::Rows) || has_term(route, config::Quantity::Elements),
          .pointers = route.cost.terms,
          .valid_json = route.cache && speaks_json(route.protocol)},
      counts_bytes(has_term(route, config::Quantity::RequestBytes)),
      tells_cost(!quotas.empty() || route.cost != config::Cost{}),
      store(commons.store(route)) {
  const bool points = has_term(route, config::Quantity::Pointer);
  looks_into_body = wanted.rows_and_elements || points || store;
  if (store) cache_tags = gateway::cache_tags(route);
}

World::World(std::shared_ptr<const config::GatewayConfig> loaded, Commons& commons)
    : config(std::move(loaded)), router(*config) {
  commons.adopt(*config);
  setups.reserve(config->routes.size());
  for (const config::Route& route : config->routes) setups.emplace_back(*config, route, commons);
  tls = commons.contexts();
}

Placement::Placement(std::shared_ptr<const World> shared, upstream::Pool& pool, observe::WorkerMetrics& metrics)
    : world(std::move(shared)) {
  const auto& all = world->config->routes;
  routes.reserve(all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    const config::Route& route = all[i];
    observe::RouteSeries& series = metrics.route(route.namespace_name, route.name);
    std::vector<PlacedVersion> versions;
    for (const config::Version& version : route.versions) {
      versions.push_back({pool.origin(version.endpoint), series.version(version.name)});
    }
    for (const config::AuthMethod& method : route.auth) {
      for (const config::KeyHeader& header : method.headers) key_fields.push_back(header.name);
    }
    for (const config::IdentityHeader& header : route.identity_headers) key_fields.push_back(header.name);
    routes.push_back({route, world->setups[i], series, std::move(versions)});
  }
}

}  // namespace mlgateway::gateway
