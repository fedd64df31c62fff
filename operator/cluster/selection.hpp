// What the podSelectors of a route find that is not as it should be. Pure.
#pragma once

#include <string>
#include <vector>

#include "operator/api/condition.hpp"
#include "operator/api/mlroute.hpp"
#include "operator/workload/pod.hpp"

namespace mlgateway::cluster {

struct Selection {
  std::vector<std::string> plain = {};  // names of the pods that have no sidecar
  std::vector<std::string> empty = {};  // versions that no pod is
  std::vector<std::string> open = {};   // what admits others to a model's port, in words
};

// `pods` and `plain` are those of the route's namespace.
Selection selection_of(const api::MLRoute& route, const std::vector<workload::Pod>& pods,
                       const std::vector<workload::PlainPod>& plain);

// What is to be said of pods without a sidecar; there must be some.
api::Verdict plain_pods(const Selection& selection);

// What is to be said of ports that are open; there must be some.
api::Verdict open_ports(const Selection& selection);

// What is to be said of versions that no pod is; there must be some.
api::Verdict empty_versions(const Selection& selection);

}  // namespace mlgateway::cluster
