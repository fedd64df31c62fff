// Everything a plan is made from, gathered once: the objects, what the sidecars run, what status said before.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "operator/api/config_map.hpp"
#include "operator/api/observed.hpp"
#include "operator/api/secret.hpp"
#include "operator/api/sidecar_report.hpp"
#include "sidecar/config/gateway_config.hpp"

namespace mlgateway::route {

using api::ObservedQuota;
using api::ObservedRoute;

// A Secret; `fault` says why a newer version of it is not the one used.
struct ObservedSecret {
  api::Secret secret;
  std::string fault;
};

struct ObservedConfigMap {
  api::ConfigMap config_map;
  std::string fault;
};

struct World {
  std::vector<ObservedRoute> routes;                // each key once
  std::vector<ObservedQuota> quotas;                // each key once
  std::vector<ObservedSecret> secrets;              // each key once, sorted by key
  std::vector<ObservedConfigMap> config_maps = {};  // each key once
  std::optional<api::SidecarReport> sidecar;        // none: nobody is asked
  std::optional<config::Digest> admin_token_digest;
  bool has_pods = false;  // whether versions can be pods: in a cluster
};

}  // namespace mlgateway::route
