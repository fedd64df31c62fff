#include "operator/cluster/closing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mlgateway::cluster {
namespace {

using Json = nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

api::MLRoute route(const std::string& name, const config::Labels& labels, std::uint16_t port) {
  api::VersionSpec version{"v1", "", std::nullopt};
  version.pods = api::PodTarget{labels, port};
  api::MLRoute route;
  route.key = {"models", name};
  route.versions = {version, {"outside", "http://elsewhere:80", std::nullopt}};
  return route;
}

workload::Pod pod(config::Labels labels) {
  workload::Pod pod;
  pod.labels = std::move(labels);
  pod.data_port = 15800;
  pod.admin_port = 15801;
  return pod;
}

kube::Object policy(const std::string& name, const Json& spec, const Json& labels = Json::object()) {
  return std::make_shared<const Json>(Json{{"metadata", {{"name", name}, {"labels", labels}}}, {"spec", spec}});
}

// A namespace whose parts tests fill in.
struct Place {
  std::vector<api::MLRoute> routes = {route("iris", {{"app", "iris"}}, 8080)};
  std::vector<workload::Pod> pods = {pod({{"app", "iris"}})};
  std::vector<workload::PlainPod> plain = {};
  std::vector<kube::Object> policies = {};

  Closing closing() const { return closing_of(routes[0], {routes, pods, plain, policies}); }
};

TEST(Closing, IsOfEachVersionInPods) {
  const Closing closing = Place().closing();
  ASSERT_EQ(closing.closures.size(), 1);
  EXPECT_THAT(closing.closures[0].models, ElementsAre(8080));
  EXPECT_THAT(closing.closures[0].sidecars, ElementsAre(15800, 15801));
  EXPECT_FALSE(closing.closures[0].ruled_by_others);
  EXPECT_THAT(closing.open, IsEmpty());
}

TEST(Closing, WaitsUntilEveryPodHasASidecar) {
  Place place;
  place.plain = {{{"models", "naked"}, {{"app", "iris"}}}};
  EXPECT_THAT(place.closing().closures, IsEmpty());
  place.plain[0].labels = {{"app", "other"}};
  EXPECT_EQ(place.closing().closures.size(), 1);
}

TEST(Closing, WaitsForTheFirstPod) {
  Place place;
  place.pods = {};
  EXPECT_THAT(place.closing().closures, IsEmpty());
}

TEST(Closing, StaysWhateverPodsComeAndGo) {
  Place place;
  place.policies = {policy(render::policy_name("iris", "v1"), {}, {{"mlgateway.io/route", "iris"}})};
  place.pods = {};
  place.plain = {{{"models", "naked"}, {{"app", "iris"}}}};
  ASSERT_EQ(place.closing().closures.size(), 1);
  EXPECT_THAT(place.closing().closures[0].models, ElementsAre(8080));
}

TEST(Closing, CoversThePortsOfAllRoutesThatShareThePods) {
  Place place;
  place.routes.push_back(route("narrow", {{"app", "iris"}, {"tier", "a"}}, 9000));
  place.routes.push_back(route("apart", {{"app", "roses"}}, 7000));
  EXPECT_THAT(place.closing().closures[0].models, ElementsAre(8080));
  place.pods.push_back(pod({{"app", "iris"}, {"tier", "a"}}));
  EXPECT_THAT(place.closing().closures[0].models, ElementsAre(8080, 9000));
}

TEST(Closing, LeavesToAnotherPolicyWhatItRules) {
  Place place;
  place.policies = {policy("deny", {{"podSelector", Json::object()}, {"policyTypes", {"Ingress"}}})};
  EXPECT_TRUE(place.closing().closures[0].ruled_by_others);
  EXPECT_THAT(place.closing().open, IsEmpty());
  place.policies = {policy("out", {{"podSelector", Json::object()}, {"policyTypes", {"Egress"}}})};
  EXPECT_FALSE(place.closing().closures[0].ruled_by_others);
  place.policies = {policy("roses", {{"podSelector", {{"matchLabels", {{"app", "roses"}}}}}})};
  EXPECT_FALSE(place.closing().closures[0].ruled_by_others);
}

TEST(Closing, NamesThePolicyThatAdmitsTheModelsPort) {
  const auto open = [](const Json& ports) {
    Place place;
    Json rule = Json::object();
    if (!ports.is_null()) rule["ports"] = ports;
    place.policies = {policy("mesh", {{"podSelector", Json::object()}, {"ingress", Json::array({rule})}})};
    return place.closing().open;
  };
  EXPECT_THAT(open(nullptr), ElementsAre("NetworkPolicy 'mesh' admits port 8080 of the pods of version 'v1'"));
  EXPECT_EQ(open({{{"port", 8080}}}).size(), 1);
  EXPECT_EQ(open({{{"port", 8000}, {"endPort", 9000}}}).size(), 1);
  EXPECT_EQ(open({{{"port", "http"}}}).size(), 1);
  EXPECT_EQ(open({{{"protocol", "TCP"}}}).size(), 1);
  EXPECT_THAT(open({{{"port", 8081}}}), IsEmpty());
  EXPECT_THAT(open({{{"port", 8081}, {"endPort", 9000}}}), IsEmpty());
  EXPECT_THAT(open({{{"protocol", "UDP"}, {"port", 8080}}}), IsEmpty());
}

}  // namespace
}  // namespace mlgateway::cluster
