// From the API server's objects of one namespace to the World that a plan is made from. Pure.
#pragma once

#include <vector>

#include "operator/kube/store.hpp"
#include "operator/route/world.hpp"
#include "operator/workload/pod.hpp"

namespace mlgateway::cluster {

// The objects of one namespace, as the informers have them.
struct Objects {
  std::vector<kube::Object> routes = {};
  std::vector<kube::Object> quotas = {};
  std::vector<kube::Object> secrets = {};      // those labelled mlgateway.io/use
  std::vector<kube::Object> config_maps = {};  // those labelled mlgateway.io/use
  std::vector<kube::Object> pods = {};         // with a sidecar or without
  std::vector<kube::Object> policies = {};     // all NetworkPolicies
};

// The API server has checked schema and rules and filled in the defaults. What it let through and is no object of ours
// nevertheless (an older schema did) has that as its fault, and is not in force.
route::World world_of(const Objects& objects);

// Pods that have a sidecar and run, or will.
std::vector<workload::Pod> pods_of(const Objects& objects);

// Those that run, or will, without one.
std::vector<workload::PlainPod> plain_pods_of(const Objects& objects);

}  // namespace mlgateway::cluster
