// The verdicts on one route, each a function of what was found. Pure.
#pragma once

#include <vector>

#include "operator/api/observed.hpp"
#include "operator/route/conflicts.hpp"
#include "operator/route/keys.hpp"

namespace mlgateway::route {

// `conflict` may be nullptr.
api::Verdict accepted(const api::ObservedRoute& route, const Conflict* conflict);

api::Verdict resolved_refs(const api::ObservedRoute& route, const std::vector<KeyProblem>& problems);

}  // namespace mlgateway::route
