// The names that tie a pod with a sidecar to its workload's configuration. Injection and the chart use the same.
#pragma once

#include <cstdint>

namespace mlgateway::workload {

// On a pod with a sidecar, "true".
inline constexpr const char* kInjectedLabel = "mlgateway.io/injected";
// On a pod with a sidecar: what injection did, as JSON. Its member `secret` names the workload's Secret.
inline constexpr const char* kInjectionAnnotation = "mlgateway.io/injection";
// Of the sidecar's container, and what they are unless somebody wants others.
inline constexpr const char* kAdminPort = "mlgw-admin";
inline constexpr const char* kDataPort = "mlgw-data";
inline constexpr std::uint16_t kUsualAdminPort = 15801;
inline constexpr std::uint16_t kUsualDataPort = 15800;

// On a pod with a sidecar, and "true": the name of a route that it has run follows.
inline constexpr const char* kRouteLabelPrefix = "mlgateway.io/route.";

// On a pod: the configuration that its volume should show. A change of it makes the kubelet look at once.
inline constexpr const char* kNudgeAnnotation = "mlgateway.io/config";

// On a workload's Secret, "sidecar": it is ours, and nothing without this label is ever overwritten.
inline constexpr const char* kConfigLabel = "mlgateway.io/config";
inline constexpr const char* kConfigLabelValue = "sidecar";
// What the names of these Secrets begin with.
inline constexpr const char* kSecretPrefix = "mlgateway-";

// The field manager of the workloads' Secrets and of the nudge.
inline constexpr const char* kManager = "mlgateway-workload";

}  // namespace mlgateway::workload
