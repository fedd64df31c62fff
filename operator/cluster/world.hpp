// From the API server's objects of one namespace to the World that a plan is made from. Pure.
#pragma once

#include <map>
#include <vector>

#include "operator/cluster/selection.hpp"
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
};

// The API server has checked schema and rules and filled in the defaults. What it let through and is no object of ours
// nevertheless (an older schema did) has that as its fault, and is not in force.
route::World world_of(const Objects& objects);

// Pods that have a sidecar and run, or will.
std::vector<workload::Pod> pods_of(const Objects& objects);

// What the selectors of each route that can be read find.
std::map<api::ObjectKey, Selection> selections_of(const Objects& objects, const std::vector<api::MLRoute>& routes);

}  // namespace mlgateway::cluster
