// One configuration made ready to serve: looked up, never searched, per request.
//
// A World is immutable and shared by the workers. A Placement is one worker's view of it, with that worker's counters
// and connections beside each route. An exchange keeps the Placement it began with, so it sees one world to its end.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sidecar/auth/authenticator.hpp"
#include "sidecar/config/gateway_config.hpp"
#include "sidecar/observe/worker_metrics.hpp"
#include "sidecar/protocol/router.hpp"
#include "sidecar/upstream/pool.hpp"

namespace mlgateway::gateway {

struct World {
  explicit World(std::shared_ptr<const config::GatewayConfig> loaded);

  std::shared_ptr<const config::GatewayConfig> config;
  protocol::Router router;
  std::vector<auth::Authenticator> authenticators;  // by route
};

struct PlacedVersion {
  upstream::Origin& origin;
  observe::VersionSeries& series;
};

struct PlacedRoute {
  const config::Route& route;
  const auth::Authenticator& authenticator;
  observe::RouteSeries& series;
  std::vector<PlacedVersion> versions;  // in the order of the route's

  const PlacedVersion& place(const config::Version& version) const {
    return versions[static_cast<std::size_t>(&version - route.versions.data())];
  }
};

struct Placement {
  Placement(std::shared_ptr<const World> shared, upstream::Pool& pool, observe::WorkerMetrics& metrics);

  std::shared_ptr<const World> world;
  std::vector<PlacedRoute> routes;
  std::vector<std::string> key_fields;  // names of all fields that some route takes keys from
};

}  // namespace mlgateway::gateway
