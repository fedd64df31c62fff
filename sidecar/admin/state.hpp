// What /state says: which configuration is in force, since when, what is wrong with a newer one, and how much each
// version has served. The operator's `Programmed` condition and local mode read it; the names are stable interface.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "sidecar/base/clock.hpp"
#include "sidecar/config/gateway_config.hpp"
#include "sidecar/observe/metrics.hpp"

namespace mlgateway::admin {

// A configuration that was found and refused; the last good one stays in force.
struct ConfigFault {
  std::string message;  // "file:path: words"
  WallTime since;
};

struct State {
  std::size_t workers = 0;
  bool draining = false;
  const config::GatewayConfig* config = nullptr;  // nullptr: none was ever loaded
  std::optional<WallTime> loaded;
  std::optional<ConfigFault> fault;
};

nlohmann::json describe(const State& state, const observe::Metrics& metrics);

}  // namespace mlgateway::admin
