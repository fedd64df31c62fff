// What a token that was found good says of its bearer.
#pragma once

#include <cstddef>
#include <string>

#include "sidecar/base/clock.hpp"
#include "sidecar/config/values.hpp"

namespace mlgateway::auth {

// Immutable once made; shared between the memory of tokens and the requests under way.
struct Identity {
  std::size_t method = 0;  // index into the route's auth
  std::string issuer;
  std::string name;
  std::string tenant;           // empty: a tenant of his own
  config::Labels labels;        // of the claims that the method names, those that the token has
  std::uint32_t rules_met = 0;  // bit i: it has the claims that the route's i-th rule of authorization asks for
  WallTime end;                 // from then on the token is refused, or asked about again
  std::uint64_t keys = 0;       // which keys it was verified with
};

}  // namespace mlgateway::auth
