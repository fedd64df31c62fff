// Tokens against the JWT methods of one route.
#pragma once

#include <string_view>
#include <vector>

#include "sidecar/auth/identity.hpp"
#include "sidecar/auth/tokens.hpp"
#include "sidecar/base/clock.hpp"
#include "sidecar/base/result.hpp"
#include "sidecar/config/gateway_config.hpp"
#include "sidecar/jose/claims.hpp"
#include "sidecar/jose/compact.hpp"
#include "sidecar/jose/key_set.hpp"

namespace mlgateway::auth {

// Built once per route and snapshot; keeps references to the route and to what is shared, which must outlive it.
// Immutable afterwards: any number of threads may ask.
class TokenVerifier {
 public:
  TokenVerifier(const config::Route& route, Tokens& shared);

  // A token that was found good before, by the keys of now, and has not ended; else null. `digest` is SHA-256 of its
  // whole text.
  IdentityPtr recall(const config::Digest& digest, WallTime now) const;

  // The token belongs to the method of its `iss`, and that method alone decides. Fails with the reasons of
  // jose/compact, jose/verify and jose/claims, with TokenClaimsInvalid when the principal's or the tenant's claim
  // cannot be used, and with KeysUnavailable while the method has no keys. A key that is not known may be new: whoever
  // fetches is told. What is good is remembered until it ends.
  Result<IdentityPtr> verify(std::string_view text, const config::Digest& digest, WallTime now) const;

 private:
  struct Method {
    std::size_t index;  // into the route's auth
    const config::TokenRules* rules;
    jose::ClaimRules claims;
    std::shared_ptr<const KeyRing::Keys> keys;  // the route's own, or ...
    std::shared_ptr<KeyRing> ring;              // ... those that are fetched
  };

  Result<IdentityPtr> judge(std::string_view text, WallTime now) const;
  const Method* method_of(const std::string& issuer) const;
  static Result<std::shared_ptr<Identity>> identify(const nlohmann::json& claims, const Method& method);

  TokenMemory& memory_;
  const config::Digest rules_;  // of all that a token is judged by here
  std::vector<Method> methods_;
};

}  // namespace mlgateway::auth
