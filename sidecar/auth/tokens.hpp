// What all routes, workers and configurations share of tokens: those found good, and the keys that are fetched.
#pragma once

#include "sidecar/auth/key_ring.hpp"
#include "sidecar/auth/token_memory.hpp"

namespace mlgateway::auth {

// Each part says in its own header how it is safe.
struct Tokens {
  TokenMemory memory;
  KeyRings rings;
};

}  // namespace mlgateway::auth
