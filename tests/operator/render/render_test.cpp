#include "operator/render/render.hpp"

#include <gtest/gtest.h>

#include "sidecar/config/render.hpp"
#include "tests/operator/route/builders.hpp"

namespace mlgateway::render {
namespace {

api::MLRoute mlroute() { return *route::observed("iris").good; }

TEST(Render, NamesTheModelAfterTheRouteUnlessTheSpecNamesIt) {
  api::MLRoute route = mlroute();
  EXPECT_EQ(render(route, 1, {{}}).model, "iris");
  route.model = "setosa";
  EXPECT_EQ(render(route, 1, {{}}).model, "setosa");
}

TEST(Render, GivesASingleVersionTheWholeWeight) { EXPECT_EQ(weights_text(render(mlroute(), 1, {{}})), "v1=100"); }

TEST(Render, CountsAMissingWeightAsNone) {
  api::MLRoute route = mlroute();
  route.versions = {{"v1", "http://a:1", 100}, {"v2", "http://b:1", std::nullopt}};
  EXPECT_EQ(weights_text(render(route, 1, {{}})), "v1=100,v2=0");
}

TEST(Render, HashesGenerationAndKeysToo) {
  const config::KeySet keys{"s", "", {}, std::nullopt, {{"alice", {}}}};
  const auto plain = render(mlroute(), 1, {{}});
  EXPECT_EQ(plain.hash, config::route_hash(plain));
  EXPECT_NE(plain.hash, render(mlroute(), 2, {{}}).hash);
  EXPECT_NE(plain.hash, render(mlroute(), 1, {{keys}}).hash);
}

}  // namespace
}  // namespace mlgateway::render
