// What the contract may say of providers that are asked about tokens.
#include <gtest/gtest.h>

#include "sidecar/config/check.hpp"
#include "tests/sidecar/config/damage.hpp"

namespace mlgateway::config {
namespace {

class IntrospectionRefuses : public testing::TestWithParam<Damage> {};

TEST_P(IntrospectionRefuses, WithThePlace) {
  const Damage& damage = GetParam();
  EXPECT_EQ(fault(damaged(damage.pointer, damage.value)), damage.fault);
}

INSTANTIATE_TEST_SUITE_P(
    Provider, IntrospectionRefuses,
    testing::Values(Damage{"/routes/1/auth/2/introspection", "",
                           "routes[1].auth[2].introspection: must be set with type Introspection, and only with it"},
                    Damage{"/routes/1/auth/2/keySets", R"([{"secret":"s","tenant":"","labels":{},"keys":[]}])",
                           "routes[1].auth[2].keySets: must be empty with type Introspection"},
                    Damage{"/routes/1/auth/2/introspection/scope", "\"a\"",
                           "routes[1].auth[2].introspection.scope: is not a field of the contract"},
                    Damage{"/routes/1/auth/2/introspection/clientSecret", "",
                           "routes[1].auth[2].introspection.clientSecret: is missing"},
                    Damage{"/routes/1/auth/2/introspection/clientSecret", "\"\"",
                           "routes[1].auth[2].introspection.clientSecret: must be 1 to 1024 printable characters"},
                    Damage{"/routes/1/auth/2/introspection/clientId", "\"a\\nb\"",
                           "routes[1].auth[2].introspection.clientId: must be 1 to 1024 printable characters"},
                    Damage{"/routes/1/auth/2/introspection/authentication", "\"Mtls\"",
                           "routes[1].auth[2].introspection.authentication: must be one of Basic, Post, is \"Mtls\""},
                    Damage{"/routes/1/auth/2/introspection/url", "\"http://id.example/introspect\"",
                           "routes[1].auth[2].introspection.url: must be https, or http from this machine"},
                    Damage{"/routes/1/auth/2/introspection/issuer", "\"\"",
                           "routes[1].auth[2].introspection.issuer: must be 1 to 512 visible characters"},
                    Damage{"/routes/1/auth/2/introspection/audiences", R"(["a","a"])",
                           "routes[1].auth[2].introspection.audiences: must not name one twice"},
                    Damage{"/routes/1/auth/2/introspection/timeoutMs", "99",
                           "routes[1].auth[2].introspection.timeoutMs: must be at least 100, is 99"},
                    Damage{"/routes/1/auth/2/introspection/rememberMs", "3600001",
                           "routes[1].auth[2].introspection.rememberMs: must be at most 3600000, is 3600001"},
                    Damage{"/routes/1/auth/2/introspection/rememberRefusedMs", "60001",
                           "routes[1].auth[2].introspection.rememberRefusedMs: must be at most 60000, is 60001"},
                    Damage{"/routes/1/auth/2/introspection/ca", "\"x\"",
                           "routes[1].auth[2].introspection.ca: must be empty or certificates in PEM, at most 256 KiB"},
                    Damage{
                        "/routes/1/auth/2/introspection/principalClaim", "\"\"",
                        "routes[1].auth[2].introspection.principalClaim: must be a claim's name or a JSON Pointer"}));

TEST(Introspection, IsOneMethodOfARouteAtMost) {
  GatewayConfig config = full_config();
  config.routes[1].auth.push_back(asking_method(introspection("https://other.example/")));
  config.routes[1].auth.back().name = "other";
  EXPECT_EQ(check(config).error().message, "routes[1].auth[3].type: at most one method may be Introspection");
}

TEST(Introspection, MayHaveNobodyToAsk) {
  GatewayConfig config = full_config();
  config.routes[1].auth[2].introspection->url.clear();
  EXPECT_TRUE(check(config).ok());
}

}  // namespace
}  // namespace mlgateway::config
