// What must hold for whatever bytes are read as a token or as a key set. Says which property is broken, nothing when
// all hold.
#pragma once

#include <string>
#include <string_view>

#include "sidecar/jose/base64url.hpp"
#include "sidecar/jose/claim_path.hpp"
#include "sidecar/jose/claims.hpp"
#include "sidecar/jose/verify.hpp"

namespace mlgateway::jose {

// The claims of a payload, wherever the bytes came from.
inline const char* broken_claims_property(std::string_view payload) {
  const auto claims = read_claims(payload);
  if (!claims) return claims.error().reason == Reason::TokenMalformed ? nullptr : "a payload has another reason";
  const WallTime now{std::chrono::seconds(1'800'000'000)};
  const ClaimRules rules{issuer_of(*claims), {"models"}, std::chrono::seconds(30)};
  if (const auto end = check_claims(*claims, rules, now); end && *end <= now) return "what is over is taken";
  if (check_claims(*claims, {"another issuer", {"models"}, {}}, now)) return "another issuer's token is taken";
  for (const auto& [name, value] : claims->items()) {
    const auto label = label_of(value, 64);
    if (label && label->size() > 64) return "a label is longer than it may be";
    if (!name.starts_with('/') && find_claim(*claims, name) != &value) return "a claim is not found by its name";
    find_claim(*claims, "/" + name);
  }
  return nullptr;
}

inline const char* broken_token_property(std::string_view bytes) {
  static const KeySet keys =
      read_key_set(R"({"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]})")
          .value();
  const auto token = parse_compact(bytes);
  if (!token) {
    const Reason reason = token.error().reason;
    const bool known = reason == Reason::TokenMalformed || reason == Reason::TokenAlgorithmNotAllowed;
    return known ? broken_claims_property(bytes) : "a refusal has another reason";
  }
  if (bytes.size() > kMostTokenBytes) return "a token is taken that is too long";
  if (!token->payload.empty() && !has_compact_shape(bytes)) return "a token is taken that does not look like one";
  if (!bytes.starts_with(token->signing_input)) return "what is signed is not what was sent";
  const std::string_view signature = bytes.substr(token->signing_input.size() + 1);
  if (decode_base64url(signature) != token->signature) return "the signature is another one";
  if (verify(*token, keys)) return "a token is taken that nobody signed";
  return broken_claims_property(token->payload);
}

inline const char* broken_key_set_property(std::string_view bytes) {
  const auto set = read_key_set(bytes);
  if (!set) return set.error().message.empty() ? "a refusal does not say what is wrong" : nullptr;
  if (bytes.size() > kMostKeySetBytes || set->keys.size() + set->unusable.size() > kMostKeys)
    return "a set is too large";
  for (const Jwk& key : set->keys) {
    if (key.key == nullptr) return "a key is none";
    if (key.algorithm && !fits(key, *key.algorithm)) return "a key is for an algorithm that cannot use it";
    if (verify(key.key, Algorithm::EdDSA, "input", std::string(64, '\0')) && key.type != KeyType::Ed25519) {
      return "a key verifies by an algorithm that cannot use it";
    }
  }
  return nullptr;
}

}  // namespace mlgateway::jose
