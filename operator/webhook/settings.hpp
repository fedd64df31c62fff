// What a sidecar is injected with: the chart's values, overridden by the pod's annotations.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "operator/workload/names.hpp"

namespace mlgateway::webhook {

struct Ports {
  std::uint16_t data = workload::kUsualDataPort;
  std::uint16_t admin = workload::kUsualAdminPort;
  std::uint16_t peer = 15802;
  bool operator==(const Ports&) const = default;
};

// Quantities as Kubernetes writes them; an empty one is left out.
struct Resources {
  std::string cpu_request = "50m";
  std::string memory_request = "32Mi";
  std::string cpu_limit;
  std::string memory_limit = "256Mi";
  bool operator==(const Resources&) const = default;
};

struct Settings {
  std::string image;
  std::string image_pull_policy = "IfNotPresent";
  std::string operator_namespace = "mlgateway-system";
  Resources resources;
  Ports ports;
  std::uint32_t workers = 1;
  std::string log_level = "info";
  // A user that no image runs as by custom, so that a model container does not share it by chance.
  std::int64_t user = 65317;
  // As the sidecar's options of the same names: together the longest that a drain takes.
  std::uint32_t propagation_delay_seconds = 5;
  std::uint32_t drain_timeout_seconds = 30;
  // The containers that wait for the sidecar before they end; none: every container of the pod.
  std::vector<std::string> model_containers;
  bool operator==(const Settings&) const = default;
};

}  // namespace mlgateway::webhook
