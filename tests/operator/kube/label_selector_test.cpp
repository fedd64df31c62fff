#include "operator/kube/label_selector.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace mlgateway::kube {
namespace {

const std::map<std::string, std::string> kLabels = {{"app", "iris"}, {"version", "v1"}};

bool selected(const char* selector) { return selects(nlohmann::json::parse(selector), kLabels); }

TEST(LabelSelector, ThatIsEmptySelectsEverything) {
  EXPECT_TRUE(selected("{}"));
  EXPECT_TRUE(selected("null"));
}

TEST(LabelSelector, WantsEveryLabel) {
  EXPECT_TRUE(selected(R"({"matchLabels":{"app":"iris","version":"v1"}})"));
  EXPECT_FALSE(selected(R"({"matchLabels":{"app":"iris","version":"v2"}})"));
  EXPECT_FALSE(selected(R"({"matchLabels":{"none":"iris"}})"));
}

TEST(LabelSelector, WantsEveryExpression) {
  const auto expression = [](const std::string& text) {
    return selected((R"({"matchLabels":{"app":"iris"},"matchExpressions":[)" + text + "]}").c_str());
  };
  EXPECT_TRUE(expression(R"({"key":"version","operator":"In","values":["v1","v2"]})"));
  EXPECT_FALSE(expression(R"({"key":"version","operator":"In","values":["v2"]})"));
  EXPECT_FALSE(expression(R"({"key":"none","operator":"In","values":["v2"]})"));
  EXPECT_TRUE(expression(R"({"key":"version","operator":"NotIn","values":["v2"]})"));
  EXPECT_TRUE(expression(R"({"key":"none","operator":"NotIn","values":["v2"]})"));
  EXPECT_FALSE(expression(R"({"key":"version","operator":"NotIn","values":["v1"]})"));
  EXPECT_TRUE(expression(R"({"key":"version","operator":"Exists"})"));
  EXPECT_FALSE(expression(R"({"key":"none","operator":"Exists"})"));
  EXPECT_TRUE(expression(R"({"key":"none","operator":"DoesNotExist"})"));
  EXPECT_FALSE(expression(R"({"key":"version","operator":"DoesNotExist"})"));
  EXPECT_FALSE(expression(R"({"key":"version","operator":"Like","values":["v1"]})"));
  EXPECT_FALSE(expression(R"({"key":"version","operator":"Exists"},{"key":"none","operator":"Exists"})"));
}

}  // namespace
}  // namespace mlgateway::kube
