// What /state says: which configuration is in force, since when, what is wrong with a newer one, how much each version
// has served, and what is used of each quota. The operator's `Programmed` condition and local mode read it; the names
// are stable interface.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include <nlohmann/json.hpp>

#include "sidecar/config/loader.hpp"
#include "sidecar/gateway/commons.hpp"
#include "sidecar/jwks/numbers.hpp"
#include "sidecar/limits/journal.hpp"
#include "sidecar/observe/metrics.hpp"

namespace mlgateway::admin {

struct State {
  std::size_t workers = 0;
  bool draining = false;
  config::LoadState config = {};                         // a copy, taken under whatever guards the loader
  std::optional<limits::Journal::Numbers> journal = {};  // none: use of quotas ends with the process
  std::vector<jwks::Numbers> keys = {};                  // that are fetched
};

// `commons` is asked for what quotas have seen and what caches hold, as of `now`.
nlohmann::json describe(const State& state, const observe::Metrics& metrics, gateway::Commons& commons, Instant now);

}  // namespace mlgateway::admin
