// The names that injection gives and looks for, beside those of workload/names.hpp. The chart uses the same.
#pragma once

namespace mlgateway::webhook {

// On a namespace or a pod: enabled | disabled. What the pod says goes first.
inline constexpr const char* kInjectLabel = "mlgateway.io/inject";
inline constexpr const char* kEnabled = "enabled";
inline constexpr const char* kDisabled = "disabled";

// Annotations of a pod that override the operator's settings for it.
inline constexpr const char* kOverridePrefix = "config.mlgateway.io/";

inline constexpr const char* kContainer = "mlgateway";
inline constexpr const char* kConfigVolume = "mlgateway-config";
inline constexpr const char* kStateVolume = "mlgateway-state";
inline constexpr const char* kConfigPath = "/etc/mlgateway";
inline constexpr const char* kStatePath = "/var/lib/mlgateway";
inline constexpr const char* kDrainTokenVariable = "MLGATEWAY_DRAIN_TOKEN";

// Names of ports are our own: a second `http` would take over the ports that users' Services name.
inline constexpr const char* kPortPrefix = "mlgw-";
inline constexpr const char* kPeerPort = "mlgw-peer";

}  // namespace mlgateway::webhook
