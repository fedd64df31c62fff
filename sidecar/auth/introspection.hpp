// Tokens that only their provider can read (RFC 7662): what is asked about them, and what an answer is worth. Pure.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sidecar/auth/identity.hpp"
#include "sidecar/auth/token_memory.hpp"
#include "sidecar/base/clock.hpp"
#include "sidecar/base/result.hpp"
#include "sidecar/config/gateway_config.hpp"

namespace mlgateway::auth {

// All that an answer is judged by: a copy, since a question may outlive the configuration that it was asked for.
struct IntrospectionRules {
  std::size_t method = 0;  // index into the route's auth
  config::Introspection provider;
  std::optional<config::Authorization> authorization;
  config::Digest digest{};  // of all of it: whatever was found out under others means nothing
};

// Null where the route has no such method.
std::shared_ptr<const IntrospectionRules> introspection_rules(const config::Route& route);

// What a field can carry for a bearer token: token68 of RFC 9110 section 11.2, of at most 8 KiB. Nothing else is asked
// about.
bool may_be_introspected(std::string_view token);

struct IntrospectionRequest {
  std::string authorization;  // of the Authorization field; empty: none
  std::string body;           // application/x-www-form-urlencoded
};
IntrospectionRequest introspection_request(const config::Introspection& provider, std::string_view token);

// What a provider's answer says of a token.
//   IntrospectionUnavailable  it is no answer as RFC 7662 section 2.2 has it
//   TokenInactive             the provider says so
//   CredentialExpired, TokenNotYetValid, TokenIssuerUnknown, TokenAudienceMismatch, TokenClaimsInvalid
//                             it is active, but not for this route, or says what cannot be used
// The identity ends with `exp`, and at the latest when it has to be asked about again.
using Verdict = Result<IdentityPtr>;
Verdict judge_introspection(std::string_view answer, const IntrospectionRules& rules, WallTime now);

// A token that has to be asked about. `key` stands for it and for the rules.
struct Question {
  config::Digest key{};
  std::string token;
  std::shared_ptr<const IntrospectionRules> rules;
};
// Asks from any thread, returns at once, and calls `tell` once, from another thread, when it is known what to think of
// the token, the failure to find out among it.
using Ask = std::function<void(Question question, std::function<void(const Verdict&)> tell)>;

}  // namespace mlgateway::auth
