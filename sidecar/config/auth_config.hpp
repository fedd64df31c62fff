// The part of the contract that says who may call: the ways to prove who one is, and what each is judged by.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sidecar/config/values.hpp"
#include "sidecar/jose/algorithm.hpp"

namespace mlgateway::config {

// A field of the request that may carry a credential.
struct KeyHeader {
  std::string name;    // lower case
  std::string scheme;  // e.g. "Bearer", compared without case; empty: the whole value is the key
  bool operator==(const KeyHeader&) const = default;
};

struct ApiKey {
  std::string name;  // the entry's name in its Secret: the caller
  Digest digest{};   // SHA-256 of the key
  bool operator==(const ApiKey&) const = default;
};

// The keys of one Secret; what its labels and annotations say holds for all of them.
struct KeySet {
  std::string secret;
  std::string tenant;  // empty: each key is a tenant of its own
  Labels labels;
  std::optional<std::int64_t> expires;  // seconds since the epoch; from then on the keys are refused
  std::vector<ApiKey> keys;
  bool operator==(const KeySet&) const = default;
};

// Keys that the sidecar fetches itself.
struct RemoteKeys {
  std::string url;                            // https, or http from this machine
  bool discovery = false;                     // `url` is the issuer's OpenID document, which says where the keys are
  Milliseconds interval{300'000};             // how often they are fetched
  Milliseconds stale_while_error{3'600'000};  // how much longer the last ones are good while they cannot be
  Milliseconds timeout{5'000};                // of one request
  std::string ca;                             // PEM: whom alone to trust; empty: the authorities of the system
  bool operator==(const RemoteKeys&) const = default;
};

// Whose tokens are good (RFC 7519), and what their claims say of the caller. A claim is named as jose/claim_path has
// it.
struct TokenRules {
  std::string issuer;                       // `iss`, exactly; no two methods of a route have the same
  std::vector<std::string> audiences;       // `aud` must name one of them
  std::vector<jose::Algorithm> algorithms;  // that a token may be signed by
  Milliseconds leeway{0};                   // by which the issuer's clock may differ
  std::string principal_claim;              // must be a string
  std::string tenant_claim;                 // empty, or absent from a token: the caller is a tenant of his own
  Labels label_claims;                      // label -> the claim whose value it has
  std::string keys;                         // a JSON Web Key Set (RFC 7517); without a key in it, 503
  std::optional<RemoteKeys> remote{};       // instead of `keys`
  bool operator==(const TokenRules&) const = default;
};

// How a client proves itself to the provider (RFC 6749 section 2.3.1): in the Authorization field, or in the body.
enum class ClientAuthentication : std::uint8_t { Basic, Post };

// Whom to ask about tokens that only he can read who made them (RFC 7662), and what his answers say of the caller.
struct Introspection {
  std::string issuer;         // whose tokens; an answer with another `iss` is refused
  std::string url;            // https, or http from this machine; empty: nobody can be asked, 503
  std::string client_id;      // the gateway's own name and secret at the provider
  std::string client_secret;  // never shown, never logged
  ClientAuthentication authentication = ClientAuthentication::Basic;
  std::vector<std::string> audiences;    // where there are any, `aud` must name one of them
  Milliseconds timeout{5'000};           // of one question
  Milliseconds remember{60'000};         // how long, within `exp`, the same token is not asked about again ...
  Milliseconds remember_refused{5'000};  // ... and one that is not active
  std::string ca;                        // as with RemoteKeys
  std::string principal_claim;           // must be a string
  std::string tenant_claim;              // as with TokenRules
  Labels label_claims;
  bool operator==(const Introspection&) const = default;
};

enum class IdentityPart : std::uint8_t { Principal, Tenant, Issuer, Method };

// A field in which the model is told something of who calls.
struct IdentityHeader {
  std::string name;  // lower case
  IdentityPart value = IdentityPart::Principal;
  bool operator==(const IdentityHeader&) const = default;
};

enum class AuthType : std::uint8_t { APIKey, JWT, Introspection, Anonymous };

struct AuthMethod {
  std::string name;
  AuthType type = AuthType::APIKey;
  std::vector<KeyHeader> headers;                // with all but Anonymous
  std::vector<KeySet> key_sets;                  // with APIKey
  std::optional<TokenRules> jwt{};               // with JWT
  std::optional<Introspection> introspection{};  // with Introspection, which one method of a route may be
  bool operator==(const AuthMethod&) const = default;
};

}  // namespace mlgateway::config
