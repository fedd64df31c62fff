#include "sidecar/auth/claim_match.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace mlgateway::auth {
namespace {

using config::ClaimTest;
using nlohmann::json;

bool meets(const char* claims, const char* name, ClaimTest test, std::vector<std::string> values) {
  return auth::meets(json::parse(claims), {name, test, std::move(values)});
}

TEST(ClaimMatch, ComparesWholeStringsIntegersAndBooleans) {
  EXPECT_TRUE(meets(R"({"plan":"gold"})", "plan", ClaimTest::Equals, {"gold"}));
  EXPECT_TRUE(meets(R"({"level":-7})", "level", ClaimTest::Equals, {"-7"}));
  EXPECT_TRUE(meets(R"({"admin":true})", "admin", ClaimTest::Equals, {"true"}));
  EXPECT_FALSE(meets(R"({"plan":"golden"})", "plan", ClaimTest::Equals, {"gold"}));
  EXPECT_FALSE(meets(R"({"plan":"Gold"})", "plan", ClaimTest::Equals, {"gold"}));
  EXPECT_FALSE(meets(R"({"plan":["gold"]})", "plan", ClaimTest::Equals, {"gold"}));
  EXPECT_FALSE(meets(R"({"level":7.0})", "level", ClaimTest::Equals, {"7"}));
  EXPECT_FALSE(meets(R"({"plan":null})", "plan", ClaimTest::Equals, {"null"}));
}

TEST(ClaimMatch, TakesOneOfSeveral) {
  EXPECT_TRUE(meets(R"({"plan":"gold"})", "plan", ClaimTest::OneOf, {"free", "gold"}));
  EXPECT_FALSE(meets(R"({"plan":"gold"})", "plan", ClaimTest::OneOf, {"free", "silver"}));
}

TEST(ClaimMatch, FindsAScopeInAStringOfWordsAndInAList) {
  for (const char* claims : {R"({"scope":"predict"})", R"({"scope":"openid predict"})", R"({"scope":"predict read"})",
                             R"({"scope":" a  predict  b "})", R"({"scope":["openid","predict"]})"}) {
    EXPECT_TRUE(meets(claims, "scope", ClaimTest::Contains, {"predict"})) << claims;
  }
  for (const char* claims :
       {R"({"scope":""})", R"({"scope":"predictor"})", R"({"scope":"not-predict"})", R"({"scope":"a\tpredict"})",
        R"({"scope":["openid predict"]})", R"({"scope":[["predict"]]})", R"({"scope":{"predict":true}})",
        R"({"scope":[]})", R"({"scope":true})"}) {
    EXPECT_FALSE(meets(claims, "scope", ClaimTest::Contains, {"predict"})) << claims;
  }
  EXPECT_FALSE(meets(R"({"scope":"a b"})", "scope", ClaimTest::Contains, {"a b"}));
  EXPECT_TRUE(meets(R"({"groups":["a b",7]})", "groups", ClaimTest::Contains, {"a b"}));
  EXPECT_TRUE(meets(R"({"groups":["a b",7]})", "groups", ClaimTest::Contains, {"7"}));
}

TEST(ClaimMatch, ComparesTheBeginningOfStringsOnly) {
  EXPECT_TRUE(meets(R"({"org":"acme/eu"})", "org", ClaimTest::Prefix, {"acme/"}));
  EXPECT_FALSE(meets(R"({"org":"acm"})", "org", ClaimTest::Prefix, {"acme"}));
  EXPECT_FALSE(meets(R"({"org":["acme/eu"]})", "org", ClaimTest::Prefix, {"acme/"}));
  EXPECT_FALSE(meets(R"({"org":12})", "org", ClaimTest::Prefix, {"1"}));
}

TEST(ClaimMatch, FollowsPointersAndFindsNothingInWhatIsNotThere) {
  EXPECT_TRUE(meets(R"({"realm_access":{"roles":["ml"]}})", "/realm_access/roles", ClaimTest::Contains, {"ml"}));
  EXPECT_TRUE(meets(R"({"https://x.example/id":"a"})", "https://x.example/id", ClaimTest::Equals, {"a"}));
  EXPECT_FALSE(meets(R"({"roles":["ml"]})", "/realm_access/roles", ClaimTest::Contains, {"ml"}));
  EXPECT_FALSE(meets(R"({"realm_access":"ml"})", "/realm_access/roles", ClaimTest::Contains, {"ml"}));
}

TEST(ClaimMatch, TellsByABitForEachRuleWhetherAllItsClaimsAreThere) {
  config::Authorization rules;
  const config::ClaimMatch scope{"scope", ClaimTest::Contains, {"predict"}};
  const config::ClaimMatch gold{"plan", ClaimTest::Equals, {"gold"}};
  rules.rules.resize(4);
  rules.rules[0].claims = {scope, gold};
  rules.rules[1].claims = {gold};
  rules.rules[3].claims = {scope};
  EXPECT_EQ(rules_met(json::parse(R"({"scope":"predict"})"), rules), 0b1100u);
  EXPECT_EQ(rules_met(json::parse(R"({"scope":"predict","plan":"gold"})"), rules), 0b1111u);
  EXPECT_EQ(rules_met(json::parse("{}"), rules), 0b0100u);
}

}  // namespace
}  // namespace mlgateway::auth
