// Tokens against the JWT methods of one route.
#pragma once

#include <string_view>
#include <vector>

#include "sidecar/auth/identity.hpp"
#include "sidecar/auth/token_memory.hpp"
#include "sidecar/base/clock.hpp"
#include "sidecar/base/result.hpp"
#include "sidecar/config/gateway_config.hpp"
#include "sidecar/jose/claims.hpp"
#include "sidecar/jose/compact.hpp"
#include "sidecar/jose/key_set.hpp"

namespace mlgateway::auth {

// Built once per route and snapshot; keeps references to the route and to the memory, which must outlive it. Immutable
// afterwards: any number of threads may ask.
class TokenVerifier {
 public:
  TokenVerifier(const config::Route& route, TokenMemory& memory);

  bool has_methods() const { return !methods_.empty(); }

  // A token that was found good before and has not ended; else null. `digest` is SHA-256 of its whole text.
  IdentityPtr recall(const config::Digest& digest, WallTime now) const;

  // The token belongs to the method of its `iss`, and that method alone decides. Fails with the reasons of
  // jose/compact, jose/verify and jose/claims, with TokenClaimsInvalid when the principal's or the tenant's claim
  // cannot be used, and with KeysUnavailable while the method has no keys. What is good is remembered until it ends.
  Result<IdentityPtr> verify(std::string_view text, const config::Digest& digest, WallTime now) const;

 private:
  struct Method {
    std::size_t index;  // into the route's auth
    const config::TokenRules* rules;
    jose::ClaimRules claims;
    jose::KeySet keys;
  };

  Result<IdentityPtr> judge(std::string_view text, WallTime now) const;
  const Method* method_of(const std::string& issuer) const;
  static Result<IdentityPtr> identify(const nlohmann::json& claims, const Method& method, WallTime end);

  TokenMemory& memory_;
  const config::Digest rules_;  // of all that a token is judged by here
  std::vector<Method> methods_;
};

}  // namespace mlgateway::auth
