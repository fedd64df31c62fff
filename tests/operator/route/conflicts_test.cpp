// Conflicts of protocols with claims of their own; the others stand in plan_test.cpp.
#include "operator/route/conflicts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/operator/route/builders.hpp"

namespace mlgateway::route {
namespace {

ObservedRoute speaking(const std::string& name, config::Protocol protocol, std::vector<std::string> hosts = {}) {
  ObservedRoute route = observed(name);
  route.good->protocol = protocol;
  route.good->hostnames = std::move(hosts);
  return route;
}

TEST(ConflictOfMlflow, IsAboutTheHostAlone) {
  const auto lost = find_conflicts({speaking("a", config::Protocol::MLflow), speaking("b", config::Protocol::MLflow),
                                    speaking("c", config::Protocol::MLflow, {"c.example"})});
  ASSERT_EQ(lost.size(), 1u);
  EXPECT_EQ(lost.at({"default", "b"}).claim, "MLflow on any host");
  EXPECT_EQ(lost.at({"default", "b"}).winner.name, "a");
}

TEST(ConflictOfMlflow, IsNotWithOtherProtocols) {
  EXPECT_THAT(find_conflicts({speaking("a", config::Protocol::MLflow), speaking("b", config::Protocol::OpenAI),
                              speaking("c", config::Protocol::TorchServe)}),
              testing::IsEmpty());
}

TEST(ConflictOfKServeV1, IsAlsoWithOpenAi) {
  ObservedRoute one = speaking("a", config::Protocol::KServeV1);
  ObservedRoute other = speaking("b", config::Protocol::OpenAI);
  EXPECT_THAT(find_conflicts({one, other}), testing::IsEmpty());
  one.good->model = other.good->model = "m";
  const auto lost = find_conflicts({one, other});
  ASSERT_EQ(lost.size(), 1u);
  EXPECT_EQ(lost.at({"default", "b"}).claim, "model 'm' on any host");
}

TEST(ConflictOfTorchServe, IsAboutModelAndHost) {
  ObservedRoute one = speaking("a", config::Protocol::TorchServe, {"x.example"});
  ObservedRoute other = speaking("b", config::Protocol::TorchServe, {"x.example"});
  EXPECT_THAT(find_conflicts({one, other}), testing::IsEmpty());
  one.good->model = other.good->model = "m";
  EXPECT_EQ(find_conflicts({one, other}).size(), 1u);
}

}  // namespace
}  // namespace mlgateway::route
