// Which workload a pod belongs to, and so which Secret its sidecar is configured by.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace mlgateway::webhook {

// The controller at the top, as far as the pod tells. A bare pod has neither kind nor name.
struct Workload {
  std::string group;  // "apps"
  std::string kind;   // Deployment, StatefulSet, DaemonSet, Job...
  std::string name;
  bool operator==(const Workload&) const = default;
  bool bare() const { return kind.empty(); }
};

// From the controller among the pod's owner references. A ReplicaSet whose name ends with the pod template's hash
// belongs to a Deployment (with Argo's hash to a Rollout) of the name before it: a new template is no new workload.
Workload workload_of(const nlohmann::json& pod);

// "mlgateway-NAME-HASH10", at most 63 characters: one for each workload of a namespace, the same for ever.
// `random_id` (lower-case letters and digits) stands for the hash of a bare pod, whose name may come again.
std::string secret_name(const Workload& workload, std::string_view namespace_name, std::string_view random_id);

}  // namespace mlgateway::webhook
