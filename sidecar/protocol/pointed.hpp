// The numbers of a body that a route's cost points to.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "sidecar/config/gateway_config.hpp"
#include "sidecar/protocol/json_walk.hpp"

namespace mlgateway::protocol {

// Looks up the Pointer terms (RFC 6901; an index has no leading zeros, "-" is never there), in their order. A number
// must be from 0 to the term's max; it is read from its text and rounded up to a millionth. What is not there is
// term.absent, without which it is refused. False: walk.fault() names the pointer.
// Without a `root` the body is no JSON, and nothing is there.
bool read_pointed(JsonWalk& walk, const std::optional<JsonValue>& root, std::span<const config::CostTerm> terms,
                  std::vector<config::Millionths>& numbers);

}  // namespace mlgateway::protocol
