#include "sidecar/auth/token_verifier.hpp"

#include <algorithm>

#include "sidecar/auth/caller_claims.hpp"
#include "sidecar/auth/claim_match.hpp"
#include "sidecar/config/render.hpp"
#include "sidecar/jose/verify.hpp"

namespace mlgateway::auth {
TokenVerifier::TokenVerifier(const config::Route& route, Tokens& shared)
    : route_(route), memory_(shared.memory), rules_(config::auth_digest(route)) {
  for (std::size_t i = 0; i < route.auth.size(); ++i) {
    if (!route.auth[i].jwt) continue;
    const config::TokenRules& rules = *route.auth[i].jwt;
    Method& method = methods_.emplace_back();
    method.index = i;
    method.rules = &rules;
    method.claims = {rules.issuer, rules.audiences, rules.leeway};
    if (rules.remote) {
      method.ring = shared.rings.ring({rules.issuer, *rules.remote});
      continue;
    }
    auto keys = jose::read_key_set(rules.keys);
    if (keys) method.keys = std::make_shared<const KeyRing::Keys>(KeyRing::Keys{std::move(*keys), 0});
  }
}

IdentityPtr TokenVerifier::recall(const config::Digest& digest, WallTime now) const {
  IdentityPtr identity = memory_.find(token_key(digest, rules_), now);
  if (!identity) return nullptr;
  const auto method = std::find_if(methods_.begin(), methods_.end(),
                                   [&](const Method& known) { return known.index == identity->method; });
  // What an issuer has withdrawn vouches for nobody any more.
  if (method->ring && method->ring->number() != identity->keys) return nullptr;
  return identity;
}

Result<IdentityPtr> TokenVerifier::verify(std::string_view text, const config::Digest& digest, WallTime now) const {
  auto judged = judge(text, now);
  if (!judged) {
    memory_.count_refused(judged.error().reason);
    if (judged.error().reason != Reason::KeysUnavailable) memory_.forget(token_key(digest, rules_));
    return judged;
  }
  memory_.count_good();
  memory_.remember(token_key(digest, rules_), *judged);
  return judged;
}

bool TokenVerifier::was_good(const config::Digest& digest) const { return memory_.was_good(token_key(digest, rules_)); }

bool TokenVerifier::decides(std::string_view text) const {
  if (methods_.empty()) return false;
  const auto token = jose::parse_compact(text);
  if (!token) return true;
  const auto claims = jose::read_claims(token->payload);
  return !claims || method_of(jose::issuer_of(*claims)) != nullptr;
}

Result<IdentityPtr> TokenVerifier::judge(std::string_view text, WallTime now) const {
  const auto token = jose::parse_compact(text);
  if (!token) return token.error();
  const auto claims = jose::read_claims(token->payload);
  if (!claims) return claims.error();
  // Not believed before the signature is: it only says whose keys decide.
  const Method* const method = method_of(jose::issuer_of(*claims));
  if (method == nullptr) return Error(Reason::TokenIssuerUnknown, "no method of the route trusts the token's `iss`");
  const auto& allowed = method->rules->algorithms;
  if (std::find(allowed.begin(), allowed.end(), token->algorithm) == allowed.end()) {
    return Error(Reason::TokenAlgorithmNotAllowed, "the method does not allow the token's `alg`");
  }
  const auto keys = method->ring ? method->ring->current() : method->keys;
  if (!keys || keys->set.keys.empty()) return Error(Reason::KeysUnavailable, "the method has no keys");
  if (const Status verified = jose::verify(*token, keys->set); !verified) {
    // A token that names no key may be by one that is newer than those tried.
    const bool is_new = verified.error().reason == Reason::TokenKeyUnknown || !token->key_id;
    if (method->ring && is_new) method->ring->miss();
    return verified.error();
  }
  const auto end = jose::check_claims(*claims, method->claims, now);
  if (!end) return end.error();
  const config::TokenRules& rules = *method->rules;
  auto identity = identify(*claims, {rules.issuer, rules.principal_claim, rules.tenant_claim, rules.label_claims});
  if (!identity) return identity.error();
  (*identity)->method = method->index;
  if (route_.authorization) (*identity)->rules_met = rules_met(*claims, *route_.authorization);
  (*identity)->end = *end;
  (*identity)->keys = keys->number;
  return IdentityPtr(std::move(*identity));
}

const TokenVerifier::Method* TokenVerifier::method_of(const std::string& issuer) const {
  const auto found = std::find_if(methods_.begin(), methods_.end(),
                                  [&](const Method& method) { return method.rules->issuer == issuer; });
  return found == methods_.end() ? nullptr : &*found;
}

}  // namespace mlgateway::auth
