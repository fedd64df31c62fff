#include "sidecar/auth/authorize.hpp"

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sidecar/auth/identity.hpp"
#include "tests/sidecar/config/routes.hpp"

namespace mlgateway::auth {
namespace {

using config::AccessRule;
using config::Action;
using config::Operation;

const config::Labels kLabels{{"plan", "gold"}, {"team", "a"}};
const Principal kAlice{.method = "keys", .issuer = "team-keys", .name = "alice", .tenant = "acme", .labels = &kLabels};
const Principal kAnonymous{.method = "everyone", .anonymous = true};
constexpr std::uint32_t kV1 = 1, kV2 = 2, kUnknown = 4;  // bits of a route with two versions

config::Route ruled(std::vector<AccessRule> rules) {
  auto made = config::route("iris");
  made.versions = {config::version("v1", 50), config::version("v2", 50)};
  made.authorization = config::Authorization{config::Enforcement::Enforce, std::move(rules)};
  return made;
}

bool enters(const AccessRule& rule, const Principal& principal, Operation operation = Operation::Predict) {
  return authorize(ruled({rule}), principal, operation).versions != 0;
}

AccessRule for_versions(std::vector<std::string> versions, Action action = Action::Allow) {
  AccessRule rule;
  rule.action = action;
  rule.versions = std::move(versions);
  return rule;
}

AccessRule for_principal(config::PrincipalMatch match, Action action = Action::Allow) {
  AccessRule rule;
  rule.action = action;
  rule.principals = {std::move(match)};
  return rule;
}

TEST(Authorize, LetsEveryPrincipalDoEverythingWithoutRules) {
  const Permission permission = authorize(config::route("iris"), kAlice, Operation::Predict);
  EXPECT_EQ(permission.versions, Permission::kAll);
  EXPECT_EQ(permission.overrides, Permission::kAll);
}

TEST(Authorize, RefusesWhomNoRuleFits) {
  EXPECT_TRUE(enters(AccessRule{}, kAlice));
  EXPECT_FALSE(enters(for_principal({"", "", "bob"}), kAlice));
  EXPECT_EQ(authorize(ruled({}), kAlice, Operation::Predict).versions, 0u);
}

TEST(Authorize, ComparesEachPartOfThePrincipalThatARuleNames) {
  EXPECT_TRUE(enters(for_principal({"keys", "team-keys", "alice"}), kAlice));
  EXPECT_TRUE(enters(for_principal({"", "team-keys", ""}), kAlice));
  EXPECT_FALSE(enters(for_principal({"corp", "", "alice"}), kAlice));
  EXPECT_FALSE(enters(for_principal({"keys", "other-keys", "alice"}), kAlice));
  AccessRule two = for_principal({"", "", "bob"});
  two.principals.push_back({"keys", "", "alice"});
  EXPECT_TRUE(enters(two, kAlice));
}

TEST(Authorize, TakesAnEmptyTenantForNobodys) {
  AccessRule rule;
  rule.tenants = {"globex", "acme"};
  EXPECT_TRUE(enters(rule, kAlice));
  EXPECT_FALSE(enters(rule, kAnonymous));
  rule.tenants = {"globex"};
  EXPECT_FALSE(enters(rule, kAlice));
}

TEST(Authorize, AsksForAllLabels) {
  AccessRule rule;
  rule.key_labels = {{"plan", "gold"}};
  EXPECT_TRUE(enters(rule, kAlice));
  EXPECT_FALSE(enters(rule, kAnonymous));
  rule.key_labels = {{"plan", "gold"}, {"team", "b"}};
  EXPECT_FALSE(enters(rule, kAlice));
}

TEST(Authorize, FindsClaimsInTokensOnly) {
  AccessRule rule;
  rule.claims = {{"scope", config::ClaimTest::Contains, {"predict"}}};
  EXPECT_FALSE(enters(rule, kAlice));
  auto identity = std::make_shared<Identity>();
  Principal bearer = kAlice;
  bearer.token = identity;
  EXPECT_FALSE(enters(rule, bearer));
  identity->rules_met = 0b10;
  EXPECT_FALSE(enters(rule, bearer));
  identity->rules_met = 0b01;
  EXPECT_TRUE(enters(rule, bearer));
}

TEST(Authorize, TellsOperationsApart) {
  AccessRule rule;
  rule.operations = {Operation::Health, Operation::Metadata};
  EXPECT_TRUE(enters(rule, kAnonymous, Operation::Health));
  EXPECT_TRUE(enters(rule, kAnonymous, Operation::Metadata));
  EXPECT_FALSE(enters(rule, kAnonymous, Operation::Predict));
}

TEST(Authorize, LetsTheFirstRuleThatFitsDecide) {
  const AccessRule denied = for_principal({"", "", "alice"}, Action::Deny);
  EXPECT_EQ(authorize(ruled({denied, AccessRule{}}), kAlice, Operation::Predict).versions, 0u);
  EXPECT_NE(authorize(ruled({AccessRule{}, denied}), kAlice, Operation::Predict).versions, 0u);
  EXPECT_NE(authorize(ruled({denied, AccessRule{}}), kAnonymous, Operation::Predict).versions, 0u);
}

TEST(Authorize, DecidesForEachVersionByItself) {
  EXPECT_EQ(authorize(ruled({for_versions({"v2"})}), kAlice, Operation::Predict).versions, kV2);
  const auto but_v2 = ruled({for_versions({"v2"}, Action::Deny), AccessRule{}});
  EXPECT_EQ(authorize(but_v2, kAlice, Operation::Predict).versions, kV1 | kUnknown);
  const auto all = ruled({for_versions({"v2"}), for_versions({"v1"})});
  EXPECT_EQ(authorize(all, kAlice, Operation::Predict).versions, kV1 | kV2);
}

TEST(Authorize, RefusesWhomNoVersionIsLeftTo) {
  const auto route = ruled({for_versions({"v1", "v2"}, Action::Deny), AccessRule{}});
  EXPECT_EQ(authorize(route, kAlice, Operation::Predict).versions, 0u);
}

TEST(Authorize, GivesOverridesByTheRuleThatLetsIn) {
  AccessRule plain;
  plain.overrides = false;
  const auto route = ruled({for_principal({"", "", "alice"}), plain});
  EXPECT_EQ(authorize(route, kAlice, Operation::Predict).overrides, kV1 | kV2 | kUnknown);
  EXPECT_EQ(authorize(route, kAnonymous, Operation::Predict).versions, kV1 | kV2 | kUnknown);
  EXPECT_EQ(authorize(route, kAnonymous, Operation::Predict).overrides, 0u);
}

TEST(Authorize, HasABitForEachOfTheMostRulesAndVersions) {
  std::vector<AccessRule> rules(config::kMostAccessRules, for_principal({"", "", "bob"}));
  rules.back() = AccessRule{};
  rules.back().claims = {{"scope", config::ClaimTest::Equals, {"predict"}}};
  auto route = ruled(rules);
  route.versions.assign(16, config::version("v", 0));
  auto identity = std::make_shared<Identity>();
  identity->rules_met = std::uint32_t{1} << (config::kMostAccessRules - 1);
  Principal bearer = kAlice;
  bearer.token = identity;
  EXPECT_EQ(authorize(route, bearer, Operation::Predict).versions, 0x1ffffu);
}

TEST(Refusal, NamesTheRuleThatDenied) {
  AccessRule named = for_principal({"", "", "alice"}, Action::Deny);
  named.name = "former-staff";
  EXPECT_EQ(refusal(ruled({named}), kAlice, Operation::Predict).reason, Reason::NotAuthorized);
  EXPECT_EQ(refusal(ruled({named}), kAlice, Operation::Predict).message,
            "rule \"former-staff\" of authorization denies it");
  named.name.clear();
  EXPECT_EQ(refusal(ruled({for_principal({"", "", "bob"}), named}), kAlice, Operation::Predict).message,
            "rule 1 of authorization denies it");
  EXPECT_EQ(refusal(ruled({for_principal({"", "", "bob"})}), kAlice, Operation::Predict).message,
            "no rule of authorization allows it");
}

}  // namespace
}  // namespace mlgateway::auth
