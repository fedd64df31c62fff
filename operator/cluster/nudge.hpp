// Makes a kubelet look at a pod's volumes at once: it does when the pod changes, and else within a minute or so.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "operator/kube/requests.hpp"
#include "operator/workload/names.hpp"

namespace mlgateway::cluster {

// `value` begins with the hash of the configuration that the volume should show, and is another one each time.
inline kube::Request nudge(const api::ObjectKey& pod, const std::string& value) {
  const nlohmann::json patch = {{"metadata", {{"annotations", {{workload::kNudgeAnnotation, value}}}}}};
  return kube::merge_patch(kube::kPods, pod, patch, workload::kManager);
}

}  // namespace mlgateway::cluster
