#include "operator/cluster/world.hpp"

#include <gtest/gtest.h>

namespace mlgateway::cluster {
namespace {

using Json = nlohmann::json;

kube::Object object(const char* text) { return std::make_shared<const Json>(Json::parse(text)); }

// As an API server answers: defaults filled in, empty maps left out.
constexpr const char* kRoute = R"({
  "metadata": {"namespace": "models", "name": "iris", "generation": 4, "creationTimestamp": "2026-01-02T03:04:05Z"},
  "spec": {"protocol": "OpenInferenceV2", "auth": {"methods": [{"name": "a", "type": "Anonymous"}]},
           "versions": [{"name": "v1", "podSelector": {"matchLabels": {"app": "iris"}}, "port": 8080,
                         "costFactor": "1"}],
           "timeouts": {"request": "1m", "connect": "1s", "streamIdle": "30s"}, "body": {"maxReadBytes": "8Mi"},
           "cost": {"unit": "requests", "terms": [{"quantity": "Request", "price": "1"}], "cacheHitFactor": "0"},
           "enrichment": {"headers": true}},
  "status": {"conditions": [{"type": "Ready", "status": "True", "reason": "Ready", "message": "",
                             "lastTransitionTime": "2026-01-02T03:04:06Z", "observedGeneration": 3}]}})";

TEST(World, HasRoutesWithTheirGenerationAgeAndConditions) {
  const route::World world = world_of({.routes = {object(kRoute)}});
  ASSERT_EQ(world.routes.size(), 1);
  const route::ObservedRoute& route = world.routes[0];
  EXPECT_TRUE(world.has_pods);
  EXPECT_EQ(route.generation, 4);
  EXPECT_EQ(route.good_generation, 4);
  EXPECT_EQ(route.previous.size(), 1);
  EXPECT_GT(route.created, WallTime());
  ASSERT_TRUE(route.good);
  const api::PodTarget expected{{{"app", "iris"}}, 8080};
  EXPECT_EQ(route.good->versions[0].pods, expected);
}

TEST(World, TellsOfAnObjectThatAnOlderSchemaLetIn) {
  const route::World world = world_of({.routes = {object(R"({"metadata":{"namespace":"a","name":"b"},"spec":{}})")}});
  ASSERT_EQ(world.routes.size(), 1);
  EXPECT_FALSE(world.routes[0].good);
  EXPECT_EQ(world.routes[0].faults.size(), 1);
}

TEST(World, HasSecretsHoweverLittleIsInThem) {
  const route::World world = world_of({.secrets = {object(R"({"metadata":{"namespace":"a","name":"empty"}})"),
                                                   object(R"({"metadata":{"namespace":"a","name":"s"},
                                                             "data":{"alice":"a2V5"}})")}});
  ASSERT_EQ(world.secrets.size(), 2);
  EXPECT_EQ(world.secrets[1].secret.entries.at("alice"), "key");
}

TEST(World, HasConfigMaps) {
  const route::World world =
      world_of({.config_maps = {object(R"({"metadata":{"namespace":"a","name":"c"},"data":{"k":"v"}})")}});
  ASSERT_EQ(world.config_maps.size(), 1);
  EXPECT_EQ(world.config_maps[0].config_map.entries.at("k"), "v");
}

TEST(World, LeavesOutASecretThatCannotBeRead) {
  EXPECT_TRUE(world_of({.secrets = {object(R"({"metadata":{"namespace":"a","name":"s"},"data":{"alice":"?"}})")}})
                  .secrets.empty());
}

}  // namespace
}  // namespace mlgateway::cluster
