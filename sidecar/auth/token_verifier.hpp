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

  // Whether it was good when it was judged last, be it by other keys.
  bool was_good(const config::Digest& digest) const;

  // The token belongs to the method of its `iss`, and that method alone decides. Fails with the reasons of
  // jose/compact, jose/verify and jose/claims, with TokenClaimsInvalid when the principal's or the tenant's claim
  // cannot be used, and with KeysUnavailable while the method has no keys. A key that is not known may be new: whoever
  // fetches is told. What is good is remembered until it ends.
  Result<IdentityPtr> verify(std::string_view text, const config::Digest& digest, WallTime now) const;

  // Whether a text of compact shape belongs to one of the methods: by its `iss`, or because it cannot be read and so
  // belongs to nobody else.
  bool decides(std::string_view text) const;

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

  const config::Route& route_;
  TokenMemory& memory_;
  const config::Digest rules_;  // of all that a token is judged by here
  std::vector<Method> methods_;
};

}  // namespace mlgateway::auth
