// The operator in a cluster.
#pragma once

#include <string>
#include <vector>

#include "operator/webhook/webhooks.hpp"

namespace mlgateway::cluster {

struct Options {
  std::string kubeconfig;               // empty: as a pod
  std::vector<std::string> namespaces;  // empty: all
  std::string own_namespace;            // of the Lease and the key of the sidecars' tokens; empty: the credentials'
  std::string admin = "0.0.0.0:15810";  // /healthz, /readyz, /metrics
  webhook::Options webhook = {};
};

// Runs until SIGTERM or SIGINT, or until it is no longer the leader. The exit code: 0; 1 when it cannot run or has lost
// its lease to another.
int run(const Options& options);

}  // namespace mlgateway::cluster
