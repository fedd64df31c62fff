#include "operator/render/owner.hpp"

#include <gtest/gtest.h>

namespace mlgateway::render {
namespace {

using Json = nlohmann::json;

Json route(const std::string& uid = "u1") {
  return {{"apiVersion", "mlgateway.io/v1alpha1"},
          {"kind", "MLRoute"},
          {"metadata", {{"namespace", "models"}, {"name", "iris"}, {"uid", uid}}}};
}

TEST(Owned, IsOfOneVeryRoute) {
  const Json made = owned_by(route(), "iris-gateway");
  EXPECT_TRUE(is_owned_by(made, route()));
  // Another one of the same name is another route.
  EXPECT_FALSE(is_owned_by(made, route("u2")));
  EXPECT_FALSE(is_owned_by({{"metadata", {{"name", "iris-gateway"}}}}, route()));
}

TEST(Wanted, IsSaidWhateverElseIs) {
  const Json wanted = {{"spec", {{"selector", {{"label", "true"}}}, {"ports", {{{"port", 80}}}}}}};
  Json completed = wanted;
  completed["spec"]["clusterIP"] = "10.0.0.7";
  completed["spec"]["ports"][0]["nodePort"] = 30000;
  EXPECT_TRUE(says_all(completed, wanted));
  EXPECT_FALSE(says_all(wanted, completed));
  completed["spec"]["selector"]["label"] = "false";
  EXPECT_FALSE(says_all(completed, wanted));
  completed = wanted;
  completed["spec"]["ports"].push_back({{"port", 81}});
  EXPECT_FALSE(says_all(completed, wanted));
}

}  // namespace
}  // namespace mlgateway::render
