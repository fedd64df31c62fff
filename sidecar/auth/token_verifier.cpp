#include "sidecar/auth/token_verifier.hpp"

#include <algorithm>

#include "sidecar/config/render.hpp"
#include "sidecar/config/syntax.hpp"
#include "sidecar/jose/claim_path.hpp"
#include "sidecar/jose/verify.hpp"

namespace mlgateway::auth {
namespace {

// The names of callers and tenants are in the log, in status and in accounts; an API key's cannot be longer either.
constexpr std::size_t kMostNameBytes = 1024;
constexpr std::size_t kMostTenantBytes = 253;
constexpr std::size_t kMostLabelBytes = 1024;

Error unusable(const char* what) {
  return Error(Reason::TokenClaimsInvalid, std::string("the ") + what + "'s claim is missing or no plain text");
}

// Text that may name somebody; null for everything else.
const std::string* name_in(const nlohmann::json* claim, std::size_t most) {
  const std::string* const text = claim ? claim->get_ptr<const std::string*>() : nullptr;
  return text != nullptr && !text->empty() && config::is_text(*text, most) ? text : nullptr;
}

}  // namespace

TokenVerifier::TokenVerifier(const config::Route& route, Tokens& shared)
    : memory_(shared.memory), rules_(config::auth_digest(route.auth)) {
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
    return judged;
  }
  memory_.count_good();
  memory_.remember(token_key(digest, rules_), *judged);
  return judged;
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
  auto identity = identify(*claims, *method);
  if (!identity) return identity.error();
  (*identity)->end = *end;
  (*identity)->keys = keys->number;
  return IdentityPtr(std::move(*identity));
}

const TokenVerifier::Method* TokenVerifier::method_of(const std::string& issuer) const {
  const auto found = std::find_if(methods_.begin(), methods_.end(),
                                  [&](const Method& method) { return method.rules->issuer == issuer; });
  return found == methods_.end() ? nullptr : &*found;
}

Result<std::shared_ptr<Identity>> TokenVerifier::identify(const nlohmann::json& claims, const Method& method) {
  const config::TokenRules& rules = *method.rules;
  auto identity = std::make_shared<Identity>();
  identity->method = method.index;
  identity->issuer = rules.issuer;
  const std::string* const name = name_in(jose::find_claim(claims, rules.principal_claim), kMostNameBytes);
  if (name == nullptr) return unusable("principal");
  identity->name = *name;
  const nlohmann::json* const tenant =
      rules.tenant_claim.empty() ? nullptr : jose::find_claim(claims, rules.tenant_claim);
  if (tenant != nullptr) {
    const std::string* const text = name_in(tenant, kMostTenantBytes);
    if (text == nullptr) return unusable("tenant");
    identity->tenant = *text;
  }
  for (const auto& [label, path] : rules.label_claims) {
    const nlohmann::json* const claim = jose::find_claim(claims, path);
    const auto value = claim ? jose::label_of(*claim, kMostLabelBytes) : std::nullopt;
    if (value) identity->labels.emplace(label, *value);
  }
  return identity;
}

}  // namespace mlgateway::auth
