#include "sidecar/auth/authorize.hpp"

#include <algorithm>
#include <string>

#include "sidecar/auth/identity.hpp"

namespace mlgateway::auth {
namespace {

template <class T, class Value>
bool names(const std::vector<T>& items, const Value& value) {
  return items.empty() || std::find(items.begin(), items.end(), value) != items.end();
}

bool names(const config::PrincipalMatch& match, const Principal& principal) {
  return (match.method.empty() || match.method == principal.method) &&
         (match.issuer.empty() || match.issuer == principal.issuer) &&
         (match.name.empty() || match.name == principal.name);
}

// Whose tenant is empty is a tenant of his own, and nobody's rule names him so.
bool fits(const config::AccessRule& rule, std::size_t index, const Principal& principal, config::Operation operation) {
  if (!names(rule.operations, operation)) return false;
  if (!rule.principals.empty() && std::none_of(rule.principals.begin(), rule.principals.end(),
                                               [&](const auto& match) { return names(match, principal); }))
    return false;
  if (!names(rule.tenants, principal.tenant)) return false;
  if (!has_labels(principal, rule.key_labels)) return false;
  return rule.claims.empty() || (principal.token && (principal.token->rules_met >> index & 1) != 0);
}

std::uint32_t versions_of(const config::AccessRule& rule, const config::Route& route) {
  if (rule.versions.empty()) return Permission::kAll;
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < route.versions.size(); ++i) {
    if (names(rule.versions, route.versions[i].name)) bits |= std::uint32_t{1} << i;
  }
  return bits;
}

}  // namespace

Permission authorize(const config::Route& route, const Principal& principal, config::Operation operation) {
  if (!route.authorization) return {};
  Permission permission{0, 0};
  // Of the versions and of "any other name"; what a rule has decided, the later ones do not.
  std::uint32_t undecided = (std::uint32_t{2} << route.versions.size()) - 1;
  const auto& rules = route.authorization->rules;
  for (std::size_t i = 0; i < rules.size() && undecided != 0; ++i) {
    if (!fits(rules[i], i, principal, operation)) continue;
    const std::uint32_t decided = versions_of(rules[i], route) & undecided;
    undecided &= ~decided;
    if (rules[i].action == config::Action::Deny) continue;
    permission.versions |= decided;
    if (rules[i].overrides) permission.overrides |= decided;
  }
  const std::uint32_t all_versions = (std::uint32_t{1} << route.versions.size()) - 1;
  return (permission.versions & all_versions) != 0 ? permission : Permission{0, 0};
}

Error refusal(const config::Route& route, const Principal& principal, config::Operation operation) {
  const auto& rules = route.authorization->rules;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (rules[i].action != config::Action::Deny || !fits(rules[i], i, principal, operation)) continue;
    const std::string named = rules[i].name.empty() ? std::to_string(i) : "\"" + rules[i].name + "\"";
    return Error(Reason::NotAuthorized, "rule " + named + " of authorization denies it");
  }
  return Error(Reason::NotAuthorized, "no rule of authorization allows it");
}

}  // namespace mlgateway::auth
