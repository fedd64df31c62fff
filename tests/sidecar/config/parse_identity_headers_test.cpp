// In which fields the contract may have models told who calls.
#include <string>

#include <gtest/gtest.h>

#include "sidecar/config/check.hpp"
#include "tests/sidecar/config/damage.hpp"

namespace mlgateway::config {
namespace {

const std::string kTaken =
    "routes[1].identityHeaders[1].name: must be the lower-case name of a field that neither HTTP nor the gateway needs";

TEST(IdentityHeaders, AreFieldsThatNobodyElseNeeds) {
  for (const char* name : {"\"X-Tenant\"", "\"x tenant\"", "\"host\"", "\"x-forwarded-for\"", "\"cookie\""}) {
    EXPECT_EQ(fault(damaged("/routes/1/identityHeaders/1/name", name)), kTaken) << name;
  }
  EXPECT_EQ(fault(damaged("/routes/1/identityHeaders/1/name", "\"x-user\"")),
            "routes[1].identityHeaders[1].name: is there twice");
  EXPECT_EQ(fault(damaged("/routes/1/identityHeaders/2/value", "")), "routes[1].identityHeaders[2].value: is missing");
  EXPECT_EQ(fault(damaged("/routes/1/identityHeaders/2/value", "\"Label\"")),
            "routes[1].identityHeaders[2].value: must be one of Principal, Tenant, Issuer, Method, is \"Label\"");
}

TEST(IdentityHeaders, CarryNoCredentials) {
  GatewayConfig config = full_config();
  config.routes[1].auth.push_back(key_method({}));
  config.routes[1].identity_headers[2].name = "x-api-key";
  EXPECT_EQ(check(config).error().message, "routes[1].identityHeaders[2].name: carries credentials to this route");
}

TEST(IdentityHeaders, KeepAnswersApart) {
  GatewayConfig config = full_config();
  config.routes[1].cache = Cache{Milliseconds(600'000), 64u << 20, CacheScope::Tenant};
  EXPECT_EQ(check(config).error().message,
            "routes[1].cache.scope: must be Principal where the model is told who calls");
  config.routes[1].cache->scope = CacheScope::Principal;
  EXPECT_TRUE(check(config).ok());
}

}  // namespace
}  // namespace mlgateway::config
