// The verdicts on one route, each a function of what was found. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "operator/api/condition.hpp"
#include "operator/route/conflicts.hpp"
#include "operator/route/keys.hpp"
#include "operator/route/world.hpp"
#include "sidecar/base/clock.hpp"
#include "sidecar/config/gateway_config.hpp"

namespace mlgateway::route {

// What one verdict says; type, generation and time are added when it becomes a Condition.
struct Verdict {
  std::string status;
  std::string reason;
  std::string message;
};

// `conflict` may be nullptr.
Verdict accepted(const ObservedRoute& route, const Conflict* conflict);

Verdict resolved_refs(const ObservedRoute& route, const std::vector<KeyProblem>& problems);

// `rendered` is nullptr for a route that is not enforced; `sidecar` is empty when nobody is asked.
Verdict programmed(const config::Route* rendered, const std::optional<api::SidecarReport>& sidecar);

// Keeps the transition time of the condition of that type in `previous` while the status stays.
api::Condition condition(std::string type, Verdict verdict, std::int64_t generation, const api::Conditions& previous,
                         WallTime now);

}  // namespace mlgateway::route
