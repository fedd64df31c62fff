#include <algorithm>
#include <set>

#include "sidecar/config/check_route.hpp"
#include "sidecar/config/syntax.hpp"

namespace mlgateway::config {
namespace {

constexpr std::size_t kMaxText = 1024;
constexpr std::size_t kMostNames = 64;

template <class T>
void check_list(const std::vector<T>& items, std::size_t most, const Place& where, FirstFault& fault) {
  fault.unless_between<std::size_t>(0, most, where, items.size());
  fault.unless(std::set<T>(items.begin(), items.end()).size() == items.size(), where, "must not name one twice");
}

void check_texts(const std::vector<std::string>& texts, const Place& where, FirstFault& fault) {
  for (std::size_t i = 0; i < texts.size(); ++i) {
    fault.unless(!texts[i].empty() && is_text(texts[i], kMaxText), where[i], "must be text of 1 to 1024 bytes");
  }
}

// A name of nobody would let a refusal pass unnoticed.
void check_principal(const PrincipalMatch& match, const Route& route, const Place& where, FirstFault& fault) {
  fault.unless(!match.method.empty() || !match.issuer.empty() || !match.name.empty(), where, "must name something");
  const bool is_known = match.method.empty() || std::any_of(route.auth.begin(), route.auth.end(),
                                                            [&](const auto& m) { return m.name == match.method; });
  fault.unless(is_known, where / "method", "the route has no method \"" + match.method + "\"");
  fault.unless(is_text(match.issuer, kMaxText), where / "issuer", "must be text of at most 1024 bytes");
  fault.unless(is_text(match.name, kMaxText), where / "name", "must be text of at most 1024 bytes");
}

void check_claim(const ClaimMatch& match, const Place& where, FirstFault& fault) {
  const Place values = where / "values";
  fault.unless(is_claim(match.claim), where / "claim", "must be a claim's name or a JSON Pointer");
  const std::size_t most = match.test == ClaimTest::OneOf ? kMostNames : 1;
  fault.unless_between<std::size_t>(1, most, values, match.values.size());
  check_texts(match.values, values, fault);
}

void check_rule(const AccessRule& rule, const Route& route, const Place& where, FirstFault& fault) {
  const Place principals = where / "principals";
  const Place claims = where / "claims";
  const Place versions = where / "versions";
  fault.unless(rule.name.empty() || is_dns_label(rule.name, 63), where / "name",
               "must be empty or a DNS-1035 label of at most 63 characters");
  fault.unless_between<std::size_t>(0, kMostNames, principals, rule.principals.size());
  for (std::size_t i = 0; i < rule.principals.size(); ++i) {
    check_principal(rule.principals[i], route, principals[i], fault);
  }
  check_list(rule.tenants, kMostNames, where / "tenants", fault);
  check_texts(rule.tenants, where / "tenants", fault);
  check_labels(rule.key_labels, where / "keyLabels", fault);
  fault.unless_between<std::size_t>(0, 8, claims, rule.claims.size());
  for (std::size_t i = 0; i < rule.claims.size(); ++i) check_claim(rule.claims[i], claims[i], fault);
  check_list(rule.operations, 3, where / "operations", fault);
  check_list(rule.versions, 16, versions, fault);
  for (std::size_t i = 0; i < rule.versions.size(); ++i) {
    const std::string& name = rule.versions[i];
    const bool is_known =
        std::any_of(route.versions.begin(), route.versions.end(), [&](const auto& v) { return v.name == name; });
    fault.unless(is_known, versions[i], "the route has no version \"" + name + "\"");
  }
}

}  // namespace

void check_authorization(const Route& route, const Place& where, FirstFault& fault) {
  if (!route.authorization) return;
  const Place authorization = where / "authorization";
  const Place rules = authorization / "rules";
  fault.unless_between<std::size_t>(1, kMostAccessRules, rules, route.authorization->rules.size());
  for (std::size_t i = 0; i < route.authorization->rules.size(); ++i) {
    check_rule(route.authorization->rules[i], route, rules[i], fault);
  }
}

}  // namespace mlgateway::config
