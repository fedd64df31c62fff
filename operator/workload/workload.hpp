// Which pods share one configuration, and what of a namespace's configuration is theirs. Pure.
//
// A sidecar reaches the model container of its own pod, and addresses outside the cluster; not other pods. So a
// workload's configuration has each route with the versions that its pods are, and `apart` names those left out.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "operator/api/mlroute.hpp"
#include "operator/workload/pod.hpp"
#include "sidecar/config/gateway_config.hpp"

namespace mlgateway::workload {

// Whether a pod with these labels is that version.
bool selects(const api::VersionSpec& version, const config::Labels& labels);

struct Workload {
  std::string secret;
  std::vector<Pod> pods;         // at least one
  config::GatewayConfig config;  // hashes filled in; without routes where none selects its pods
  std::map<api::ObjectKey, std::vector<std::string>> apart;  // per route: versions whose pods are elsewhere
};

// The part of `route` that pods which are the versions `hosted` can serve; weights are shared out anew among the
// versions that are left, and overrides of the others fall away. Its hash is not filled in.
config::Route part_of(config::Route route, const api::MLRoute& spec, const std::set<std::string>& hosted);

// The workloads of one namespace, by the name of their Secret. `specs` are its accepted routes, `all` is the
// configuration of all of them.
std::vector<Workload> workloads_of(const std::vector<Pod>& pods, const std::vector<api::MLRoute>& specs,
                                   const config::GatewayConfig& all);

}  // namespace mlgateway::workload
