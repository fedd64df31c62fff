#include "operator/workload/workload.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "operator/render/render.hpp"
#include "sidecar/config/check.hpp"
#include "sidecar/config/render.hpp"

namespace mlgateway::workload {
namespace {

using testing::ElementsAre;
using testing::Pair;

api::VersionSpec version(const std::string& name, std::uint32_t weight) {
  api::VersionSpec spec{name, "", weight};
  spec.pods = api::PodTarget{{{"version", name}}, 8080};
  return spec;
}

api::MLRoute route(const std::string& name, std::vector<api::VersionSpec> versions) {
  api::MLRoute route;
  route.key = {"models", name};
  route.versions = std::move(versions);
  route.methods = {{"anyone", config::AuthType::Anonymous, {}, {}}};
  return route;
}

config::GatewayConfig config_of(const std::vector<api::MLRoute>& routes) {
  config::GatewayConfig config;
  for (const api::MLRoute& spec : routes) config.routes.push_back(render::render(spec, 1, {{}}));
  return config;
}

Pod pod(const std::string& name, const std::string& secret, const std::string& version) {
  Pod pod;
  pod.key = {"models", name};
  pod.secret = secret;
  pod.labels = {{"version", version}, {"app", "iris"}};
  return pod;
}

std::vector<std::pair<std::string, std::uint32_t>> weights(const config::Route& route) {
  std::vector<std::pair<std::string, std::uint32_t>> weights;
  for (const config::Version& version : route.versions) weights.emplace_back(version.name, version.weight);
  return weights;
}

TEST(Workload, HasTheUnionOfTheRoutesOfItsPods) {
  const std::vector<api::MLRoute> routes = {route("a", {version("v1", 100)}), route("b", {version("v1", 100)}),
                                            route("c", {version("v9", 100)})};
  const auto workloads = workloads_of({pod("p", "s", "v1"), pod("q", "s", "v1")}, routes, config_of(routes));
  ASSERT_EQ(workloads.size(), 1);
  EXPECT_EQ(workloads[0].pods.size(), 2);
  ASSERT_EQ(workloads[0].config.routes.size(), 2);
  EXPECT_EQ(workloads[0].config.routes[0].name, "a");
  EXPECT_EQ(workloads[0].config.routes[1].name, "b");
  EXPECT_TRUE(workloads[0].apart.empty());
}

TEST(Workload, ReachesTheContainerOfItsPod) {
  const std::vector<api::MLRoute> routes = {route("a", {version("v1", 100)})};
  const auto workloads = workloads_of({pod("p", "s", "v1")}, routes, config_of(routes));
  const config::Endpoint expected{"127.0.0.1", 8080};
  EXPECT_EQ(workloads[0].config.routes[0].versions[0].endpoint, expected);
}

TEST(Workload, WithoutRoutesIsEmptyAndThere) {
  const auto workloads = workloads_of({pod("p", "s", "v1")}, {}, {});
  ASSERT_EQ(workloads.size(), 1);
  EXPECT_TRUE(workloads[0].config.routes.empty());
}

TEST(Workload, ServesTheVersionsThatItsPodsAreAndAddresses) {
  api::VersionSpec outside{"v3", "http://elsewhere:1", 20};
  const std::vector<api::MLRoute> routes = {route("a", {version("v1", 60), version("v2", 20), outside})};
  const auto workloads = workloads_of({pod("p", "one", "v1"), pod("q", "two", "v2")}, routes, config_of(routes));
  ASSERT_EQ(workloads.size(), 2);
  EXPECT_THAT(weights(workloads[0].config.routes[0]), ElementsAre(Pair("v1", 75), Pair("v3", 25)));
  EXPECT_THAT(weights(workloads[1].config.routes[0]), ElementsAre(Pair("v2", 50), Pair("v3", 50)));
  EXPECT_THAT(workloads[0].apart.at({"models", "a"}), ElementsAre("v2"));
  for (const Workload& workload : workloads) {
    EXPECT_TRUE(config::check(workload.config));
    EXPECT_EQ(workload.config.routes[0].hash, config::route_hash(workload.config.routes[0]));
  }
}

TEST(Workload, HasTheQuotasOfItsRoutesOnly) {
  const std::vector<api::MLRoute> routes = {route("a", {version("v1", 100)}), route("b", {version("v2", 100)})};
  config::GatewayConfig all = config_of(routes);
  all.quotas = {{"models", "mine", 1, "", {}, {}}, {"models", "other", 1, "", {}, {}}};
  all.routes[0].quotas = {"mine"};
  all.routes[1].quotas = {"other"};
  const auto workloads = workloads_of({pod("p", "s", "v1")}, routes, all);
  ASSERT_EQ(workloads[0].config.quotas.size(), 1);
  EXPECT_EQ(workloads[0].config.quotas[0].name, "mine");
}

TEST(Part, SharesOutAllTheWeightThereIs) {
  const api::MLRoute spec = route("a", {version("v1", 33), version("v2", 33), version("v3", 33), version("v4", 1)});
  const config::Route whole = config_of({spec}).routes[0];
  EXPECT_THAT(weights(part_of(whole, spec, {"v1", "v2", "v3"})),
              ElementsAre(Pair("v1", 34), Pair("v2", 33), Pair("v3", 33)));
  EXPECT_THAT(weights(part_of(whole, spec, {"v4"})), ElementsAre(Pair("v4", 100)));
  EXPECT_EQ(part_of(whole, spec, {"v1", "v2", "v3", "v4"}), whole);
}

TEST(Part, GivesTheFirstEverythingWhereNobodyHadAny) {
  const api::MLRoute spec = route("a", {version("v1", 100), version("v2", 0), version("v3", 0)});
  EXPECT_THAT(weights(part_of(config_of({spec}).routes[0], spec, {"v2", "v3"})),
              ElementsAre(Pair("v2", 100), Pair("v3", 0)));
}

TEST(Part, LosesTheOverridesOfWhatIsElsewhere) {
  api::MLRoute spec = route("a", {version("v1", 50), version("v2", 50)});
  spec.split.overrides = {{{{"x-v", "1"}}, "v1"}, {{{"x-v", "2"}}, "v2"}};
  const config::Route part = part_of(config_of({spec}).routes[0], spec, {"v1"});
  ASSERT_EQ(part.split.overrides.size(), 1);
  EXPECT_EQ(part.split.overrides[0].version, "v1");
}

}  // namespace
}  // namespace mlgateway::workload
