// What the contract's rules of authorization may say.
#include <gtest/gtest.h>

#include "sidecar/config/check.hpp"
#include "tests/sidecar/config/damage.hpp"

namespace mlgateway::config {
namespace {

class AuthorizationRefuses : public testing::TestWithParam<Damage> {};

TEST_P(AuthorizationRefuses, WithThePlace) {
  const Damage& damage = GetParam();
  EXPECT_EQ(fault(damaged(damage.pointer, damage.value)), damage.fault);
}

INSTANTIATE_TEST_SUITE_P(
    Form, AuthorizationRefuses,
    testing::Values(Damage{"/routes/1/authorization/mode", "\"Off\"",
                           "routes[1].authorization.mode: must be one of Enforce, DryRun, is \"Off\""},
                    Damage{"/routes/1/authorization/strict", "true",
                           "routes[1].authorization.strict: is not a field of the contract"},
                    Damage{"/routes/1/authorization/rules", "", "routes[1].authorization.rules: is missing"},
                    Damage{"/routes/1/authorization/rules/0/action", "",
                           "routes[1].authorization.rules[0].action: is missing"},
                    Damage{"/routes/1/authorization/rules/0/users", "[]",
                           "routes[1].authorization.rules[0].users: is not a field of the contract"},
                    Damage{"/routes/1/authorization/rules/0/claims/0/not", "true",
                           "routes[1].authorization.rules[0].claims[0].not: is not a field of the contract"},
                    Damage{"/routes/1/authorization/rules/0/principals/1/tenant", "\"a\"",
                           "routes[1].authorization.rules[0].principals[1].tenant: is not a field of the contract"},
                    Damage{"/routes/1/authorization/rules/0/operations/0", "\"Train\"",
                           "routes[1].authorization.rules[0].operations[0]: must be one of Predict, Metadata, Health, "
                           "is \"Train\""}));

INSTANTIATE_TEST_SUITE_P(
    Meaning, AuthorizationRefuses,
    testing::Values(
        Damage{"/routes/1/authorization/rules", "[]", "routes[1].authorization.rules: must be at least 1, is 0"},
        Damage{"/routes/1/authorization/rules/0/name", "\"Staff\"",
               "routes[1].authorization.rules[0].name: must be empty or a DNS-1035 label of at most 63 characters"},
        Damage{"/routes/1/authorization/rules/0/principals/1/name", "\"\"",
               "routes[1].authorization.rules[0].principals[1]: must name something"},
        Damage{"/routes/1/authorization/rules/0/principals/0/method", "\"keys\"",
               "routes[1].authorization.rules[0].principals[0].method: the route has no method \"keys\""},
        Damage{"/routes/1/authorization/rules/0/tenants/1", "\"acme\"",
               "routes[1].authorization.rules[0].tenants: must not name one twice"},
        Damage{"/routes/1/authorization/rules/0/tenants/1", "\"\"",
               "routes[1].authorization.rules[0].tenants[1]: must be text of 1 to 1024 bytes"},
        Damage{"/routes/1/authorization/rules/0/claims/0/claim", "\"/a~\"",
               "routes[1].authorization.rules[0].claims[0].claim: must be a claim's name or a JSON Pointer"},
        Damage{"/routes/1/authorization/rules/0/claims/0/values", R"(["a","b"])",
               "routes[1].authorization.rules[0].claims[0].values: must be at most 1, is 2"},
        Damage{"/routes/1/authorization/rules/0/claims/1/values", "[]",
               "routes[1].authorization.rules[0].claims[1].values: must be at least 1, is 0"},
        Damage{"/routes/1/authorization/rules/0/operations", R"(["Health","Health"])",
               "routes[1].authorization.rules[0].operations: must not name one twice"},
        Damage{"/routes/1/authorization/rules/0/versions", R"(["v2"])",
               "routes[1].authorization.rules[0].versions[0]: the route has no version \"v2\""}));

TEST(Authorization, HasABitForEachRule) {
  GatewayConfig config = full_config();
  config.routes[1].authorization->rules.resize(kMostAccessRules);
  EXPECT_TRUE(check(config).ok());
  config.routes[1].authorization->rules.resize(kMostAccessRules + 1);
  EXPECT_EQ(check(config).error().message, "routes[1].authorization.rules: must be at most 32, is 33");
}

TEST(Authorization, ChangesTheRoutesHashAndWhatItsTokensAreJudgedBy) {
  const Route route = full_config().routes[1];
  Route other = route;
  other.authorization->rules[0].tenants.pop_back();
  EXPECT_NE(route_hash(route), route_hash(other));
  EXPECT_NE(auth_digest(route), auth_digest(other));
  other.authorization.reset();
  EXPECT_NE(route_hash(route), route_hash(other));
  EXPECT_NE(auth_digest(route), auth_digest(other));
}

}  // namespace
}  // namespace mlgateway::config
