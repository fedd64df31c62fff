// The labels that Services find pods by. Pure.
//
// A pod has the label of a route from the moment when its sidecar first ran that route, until it is none of its
// versions any more: then readiness alone decides whether it is called, and Kubernetes sees to that while no operator
// runs.
#pragma once

#include <set>
#include <string>

#include <nlohmann/json.hpp>

#include "operator/workload/pod.hpp"

namespace mlgateway::workload {

// "mlgateway.io/route.NAME", whose value is "true".
std::string route_label(const std::string& route);

// What has to change of the pod's labels, as a merge patch of them; empty when nothing has. `serves` are the names of
// the routes that select the pod, `runs` those of them that its sidecar runs.
nlohmann::json label_changes(const Pod& pod, const std::set<std::string>& serves, const std::set<std::string>& runs);

}  // namespace mlgateway::workload
