// The Service that a route's clients call. Pure.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "sidecar/config/gateway_config.hpp"

namespace mlgateway::render {

// ROUTE-gateway, in the route's namespace.
std::string service_name(const std::string& route);

// Adds the names by which that Service is called inside a cluster to the hostnames that a route has; one that has none
// takes any. Its hash is not filled in again.
void add_service_hosts(config::Route& route);

// Port 80 of it, and 443 where the route is served by TLS, leads to `port` (a number or a name) of the ready pods that
// have the label `pod_label`, "true". The route owns it, and takes it along when it goes. `route` is the MLRoute's
// object.
nlohmann::json service(const nlohmann::json& route, const std::string& pod_label, const nlohmann::json& port);

}  // namespace mlgateway::render
