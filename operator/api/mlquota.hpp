// An MLQuota as a typed value: what its spec says, defaults included.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "operator/api/object_key.hpp"
#include "sidecar/config/gateway_config.hpp"

namespace mlgateway::api {

// The words of the spec are those of the contract, so the contract's own types are used.
struct MLQuota {
  ObjectKey key;
  std::vector<std::string> targets;  // names of MLRoutes of its namespace; empty: all of them
  config::Enforcement enforcement = config::Enforcement::Enforce;
  std::vector<config::Tier> tiers;
  bool operator==(const MLQuota&) const = default;
};

// `object` must have passed its schema, defaults applied, and the rules; anything else is a bug and throws.
MLQuota mlquota_from(const nlohmann::json& object);

}  // namespace mlgateway::api
