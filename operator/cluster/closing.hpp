// Which ports of which pods are closed, and what still opens them. Pure.
#pragma once

#include <string>
#include <vector>

#include "operator/api/mlroute.hpp"
#include "operator/kube/store.hpp"
#include "operator/render/network_policy.hpp"
#include "operator/workload/pod.hpp"

namespace mlgateway::cluster {

// What a namespace has that bears on it.
struct Terrain {
  const std::vector<api::MLRoute>& routes;
  const std::vector<workload::Pod>& pods;
  const std::vector<workload::PlainPod>& plain;
  const std::vector<kube::Object>& policies;  // all NetworkPolicies, ours included
};

struct Closing {
  std::vector<render::Closure> closures;  // one for each version that is to have a policy
  std::vector<std::string> open;          // "NetworkPolicy 'x' admits port 8080 of the pods of version 'v1'"
};

// Of one of the routes. A version whose pods do not all have a sidecar is left open until they do: whoever called these
// pods before calls them still. One that was closed before stays so.
Closing closing_of(const api::MLRoute& route, const Terrain& terrain);

}  // namespace mlgateway::cluster
