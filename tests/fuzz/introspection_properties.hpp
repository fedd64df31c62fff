// What must hold for whatever bytes a provider answers. Says which property is broken, nothing when all hold.
#pragma once

#include <string_view>

#include <nlohmann/json.hpp>

#include "sidecar/auth/introspection.hpp"

namespace mlgateway::auth {

inline IntrospectionRules fuzzed_rules() {
  IntrospectionRules rules;
  rules.provider.issuer = "https://opaque.test/";
  rules.provider.audiences = {"models"};
  rules.provider.principal_claim = "sub";
  rules.provider.tenant_claim = "/realm/org";
  rules.provider.label_claims = {{"plan", "plan"}};
  rules.authorization.emplace();
  rules.authorization->rules.emplace_back().claims = {{"scope", config::ClaimTest::Contains, {"predict"}},
                                                      {"/realm/id", config::ClaimTest::Prefix, {"a"}}};
  return rules;
}

// With a reader that keeps the last of duplicate members, where ours takes none.
inline bool says_active(std::string_view answer) {
  const auto read = nlohmann::json::parse(answer, nullptr, false);
  return read.is_object() && read.contains("active") && read.at("active") == true;
}

inline bool is_refusal(Reason reason) {
  return reason == Reason::IntrospectionUnavailable || reason == Reason::TokenInactive ||
         reason == Reason::CredentialExpired || reason == Reason::TokenNotYetValid ||
         reason == Reason::TokenIssuerUnknown || reason == Reason::TokenAudienceMismatch ||
         reason == Reason::TokenClaimsInvalid;
}

inline const char* broken_introspection_property(std::string_view answer) {
  static const IntrospectionRules rules = fuzzed_rules();
  const WallTime now{std::chrono::seconds(1'800'000'000)};
  const auto verdict = judge_introspection(answer, rules, now);
  if (!verdict) return is_refusal(verdict.error().reason) ? nullptr : "a refusal has another reason";
  if (!says_active(answer)) return "a token is good of which nobody says that it is active";
  const Identity& caller = **verdict;
  if (caller.name.empty()) return "a token is nobody's";
  if (caller.issuer != rules.provider.issuer) return "a caller has another issuer than the method";
  if (caller.end <= now || caller.end > now + rules.provider.remember) return "a token is good for too long, or over";
  if (caller.rules_met > 1) return "a rule is met that there is not";
  return nullptr;
}

}  // namespace mlgateway::auth
