#include "operator/render/render.hpp"

#include <gtest/gtest.h>

#include "sidecar/config/render.hpp"
#include "tests/operator/quota/builders.hpp"
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

TEST(Render, CarriesCostAndCacheAndWhatRunsBehindAVersion) {
  api::MLRoute route = mlroute();
  route.versions[0].cost_factor = 8 * config::kOne;
  route.versions[0].revision = "2";
  route.cost.unit = "credits";
  route.cache = config::Cache{std::chrono::seconds(60), 1 << 20, config::CacheScope::Tenant};
  const config::Route rendered = render(route, 1, {{}});
  EXPECT_EQ(rendered.versions[0].cost_factor, 8 * config::kOne);
  EXPECT_EQ(rendered.versions[0].revision, "2");
  EXPECT_EQ(rendered.cost, route.cost);
  EXPECT_EQ(rendered.cache, route.cache);
}

TEST(Render, HashesTheQuotasThatLimitARoute) {
  const config::Quota quota = render(*quota::observed_quota("plans").good, 3);
  EXPECT_EQ(quota.generation, 3);
  EXPECT_EQ(quota.hash, config::quota_hash(quota));
  config::Route route = render(mlroute(), 1, {{}});
  const std::string unlimited = route.hash;
  limit(route, {"plans"}, std::vector{quota});
  EXPECT_NE(route.hash, unlimited);
  EXPECT_EQ(route.hash, config::route_hash(route, std::vector{quota}));
}

}  // namespace
}  // namespace mlgateway::render
