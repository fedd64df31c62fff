#include "sidecar/gateway/world.hpp"

namespace mlgateway::gateway {

World::World(std::shared_ptr<const config::GatewayConfig> loaded) : config(std::move(loaded)), router(*config) {
  authenticators.reserve(config->routes.size());
  for (const config::Route& route : config->routes) authenticators.emplace_back(route);
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
    routes.push_back({route, world->authenticators[i], series, std::move(versions)});
  }
}

}  // namespace mlgateway::gateway
