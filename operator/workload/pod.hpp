// Pods as far as configuration and status depend on them. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "operator/api/object_key.hpp"
#include "sidecar/config/gateway_config.hpp"

namespace mlgateway::workload {

// One with a sidecar.
struct Pod {
  api::ObjectKey key;
  std::string uid;
  std::string secret;  // of its workload
  config::Labels labels;
  std::string address;  // empty: it has none yet
  std::uint16_t admin_port = 0;
  std::uint16_t data_port = 0;
  bool ready = false;
  bool leaving = false;
  std::string nudge;     // the annotation
  nlohmann::json owner;  // the reference to its controller; null: it has none
  bool operator==(const Pod&) const = default;
};

// None when it has no sidecar of ours, when it has ended, or when the Secret it names could not be one of ours: a pod's
// labels and annotations are its author's, and must not lead the operator to anybody's Secret.
std::optional<Pod> pod_from(const nlohmann::json& object);

// One without: who asks it asks the model itself.
struct PlainPod {
  api::ObjectKey key;
  config::Labels labels;
  bool operator==(const PlainPod&) const = default;
};

// None when it has a sidecar, has ended, or is about to.
std::optional<PlainPod> plain_pod_from(const nlohmann::json& object);

// Takes away what nobody here reads: ten thousand pods must fit.
void trim(nlohmann::json& object);

}  // namespace mlgateway::workload
