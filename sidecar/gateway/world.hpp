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
#include "sidecar/gateway/commons.hpp"
#include "sidecar/limits/tiers.hpp"
#include "sidecar/observe/worker_metrics.hpp"
#include "sidecar/protocol/quantities.hpp"
#include "sidecar/protocol/router.hpp"
#include "sidecar/tls/server_contexts.hpp"
#include "sidecar/upstream/pool.hpp"

namespace mlgateway::gateway {

// What the steps need to know of a route, found out once.
struct RouteSetup {
  RouteSetup(const config::GatewayConfig& config, const config::Route& route, Commons& commons);

  auth::Authenticator authenticator;
  limits::RouteQuotas quotas;
  protocol::Wanted wanted;              // of a body, for the cost and the cache key
  bool looks_into_body = false;         // some of the above is wanted, so bodies are read whole
  bool counts_bytes = false;            // a body of unknown length has to be read whole as well
  bool tells_cost = false;              // the route has a price or a quota of its own
  std::shared_ptr<cache::Store> store;  // null: nothing is kept
  std::vector<cache::Key> cache_tags;   // with a store, in the order of the versions
};

struct World {
  World(std::shared_ptr<const config::GatewayConfig> loaded, Commons& commons);

  std::shared_ptr<const config::GatewayConfig> config;
  protocol::Router router;
  std::vector<RouteSetup> setups;                  // by route
  std::shared_ptr<const tls::ServerContexts> tls;  // null: no route has a certificate
};

struct PlacedVersion {
  upstream::Origin& origin;
  observe::VersionSeries& series;
};

struct PlacedRoute {
  const config::Route& route;
  const RouteSetup& setup;
  observe::RouteSeries& series;
  std::vector<PlacedVersion> versions;  // in the order of the route's

  std::size_t index_of(const config::Version& version) const {
    return static_cast<std::size_t>(&version - route.versions.data());
  }
  const PlacedVersion& place(const config::Version& version) const { return versions[index_of(version)]; }
};

struct Placement {
  Placement(std::shared_ptr<const World> shared, upstream::Pool& pool, observe::WorkerMetrics& metrics);

  std::shared_ptr<const World> world;
  std::vector<PlacedRoute> routes;
  // Names of all fields that some route takes keys or tokens from, or tells its model in who calls.
  std::vector<std::string> key_fields;
};

}  // namespace mlgateway::gateway
