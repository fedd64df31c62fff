#include "operator/workload/config_secret.hpp"

#include <gtest/gtest.h>

namespace mlgateway::workload {
namespace {

using Json = nlohmann::json;

const api::ObjectKey kKey{"models", "mlgateway-iris"};

TEST(ConfigSecret, IsOursAndHoldsWhatItWasMadeWith) {
  const Json owner = {{"apiVersion", "apps/v1"}, {"kind", "Deployment"}, {"name", "iris"}, {"uid", "u"}};
  const Json secret = config_secret(kKey, "{}", owner);
  EXPECT_TRUE(is_ours(secret));
  EXPECT_TRUE(holds(secret, "{}"));
  EXPECT_FALSE(holds(secret, "{ }"));
  EXPECT_EQ(owner_of(secret), owner);
  EXPECT_EQ(secret["data"]["gateway.v1.json"], "e30=");
}

TEST(ConfigSecret, MayHaveNoOwner) {
  const Json secret = config_secret(kKey, "{}", nullptr);
  EXPECT_TRUE(owner_of(secret).is_null());
  EXPECT_FALSE(secret["metadata"].contains("ownerReferences"));
}

TEST(ConfigSecret, OfSomebodyElseIsNotOurs) {
  EXPECT_FALSE(is_ours(Json::parse(R"({"metadata":{"name":"mlgateway-iris"},"data":{}})")));
  EXPECT_FALSE(is_ours(Json::parse(R"({"metadata":{"labels":{"mlgateway.io/config":"mine"}}})")));
  EXPECT_FALSE(holds(Json::parse(R"({"metadata":{}})"), ""));
}

TEST(AdminToken, IsAnotherForEveryWorkloadAndKey) {
  const std::string token = admin_token("k", kKey);
  EXPECT_EQ(token.size(), 64);
  EXPECT_EQ(token, admin_token("k", kKey));
  EXPECT_NE(token, admin_token("l", kKey));
  EXPECT_NE(token, admin_token("k", {"models", "mlgateway-rose"}));
  EXPECT_NE(token, admin_token("k", {"other", "mlgateway-iris"}));
}

}  // namespace
}  // namespace mlgateway::workload
