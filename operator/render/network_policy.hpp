// The NetworkPolicy that closes a model's port to everybody but its own sidecar and the node. Pure.
//
// Policies add up and can only admit. So this one admits every port but the model's; where another policy rules the
// same pods already, it admits the sidecar's ports alone, or it would undo what the other one is there for. Whether any
// of it is enforced is the cluster network's business.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include <nlohmann/json.hpp>

#include "sidecar/config/gateway_config.hpp"

namespace mlgateway::render {

struct Closure {
  std::string version;
  config::Labels pods;               // the version's podSelector
  std::set<std::uint16_t> models;    // ports to close; those of all routes that share pods with this one
  std::set<std::uint16_t> sidecars;  // the sidecars' own
  bool ruled_by_others = false;      // whether another ingress policy selects any of the pods
};

// "ROUTE-VERSION-HASH5": no other route and version have the same.
std::string policy_name(const std::string& route, const std::string& version);

// The route owns it. `route` is the MLRoute's object.
nlohmann::json network_policy(const nlohmann::json& route, const Closure& closure);

}  // namespace mlgateway::render
