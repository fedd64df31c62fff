// What a sidecar says it runs, as far as status needs it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "operator/api/object_key.hpp"

namespace mlgateway::api {

struct LoadedRoute {
  ObjectKey key;
  std::int64_t generation = 0;
  std::string hash;
  bool operator==(const LoadedRoute&) const = default;
};

struct SidecarReport {
  std::string unreachable;   // why it did not answer; empty: it did
  std::string config_error;  // why it refused the newest configuration; empty: it did not
  std::vector<LoadedRoute> routes;
  bool operator==(const SidecarReport&) const = default;
};

}  // namespace mlgateway::api
