// What all routes, workers and configurations share of tokens: those found good or refused, the keys that are fetched,
// and who asks providers.
#pragma once

#include "sidecar/auth/failures.hpp"
#include "sidecar/auth/introspection.hpp"
#include "sidecar/auth/key_ring.hpp"
#include "sidecar/auth/refused_tokens.hpp"
#include "sidecar/auth/token_memory.hpp"

namespace mlgateway::auth {

// Each part says in its own header how it is safe.
struct Tokens {
  TokenMemory memory;
  RefusedTokens refused;
  Failures failures;
  KeyRings rings;
  Ask ask;  // set before the first request, and not changed afterwards
};

}  // namespace mlgateway::auth
