#include "operator/route/plan.hpp"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sidecar/config/digest.hpp"
#include "tests/operator/route/builders.hpp"

namespace mlgateway::route {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;

std::vector<std::string> names(const Plan& plan) {
  std::vector<std::string> found;
  for (const auto& route : plan.config.routes) found.push_back(route.namespace_name + "/" + route.name);
  return found;
}

const api::Condition& condition_of(const Plan& plan, std::size_t route, const std::string& type) {
  for (const api::Condition& condition : plan.statuses.at(route).conditions) {
    if (condition.type == type) return condition;
  }
  throw std::out_of_range(type);
}

std::string verdict(const Plan& plan, std::size_t route, const std::string& type) {
  const api::Condition& condition = condition_of(plan, route, type);
  return condition.status + " " + condition.reason;
}

World pods_of_iris() {
  ObservedRoute route = observed("iris");
  route.good->versions[0].url = "";
  route.good->versions[0].pods = api::PodTarget{{{"app", "iris"}}, 8080};
  return world({route}, {secret("keys", {{"alice", kKeyA}})});
}

TEST(Plan, AcceptsVersionsInPodsWhereThereAre) {
  World with = pods_of_iris();
  with.has_pods = true;
  const Plan planned = plan(with, kNow);
  ASSERT_EQ(planned.config.routes.size(), 1);
  const config::Endpoint expected{"127.0.0.1", 8080};
  EXPECT_EQ(planned.config.routes[0].versions[0].endpoint, expected);
}

TEST(Plan, DoesNotAcceptVersionsInPodsWhereThereAreNone) {
  const Plan planned = plan(pods_of_iris(), kNow);
  EXPECT_TRUE(planned.config.routes.empty());
  EXPECT_EQ(planned.statuses[0].conditions[0].reason, "UnsupportedValue");
}

TEST(Plan, RendersEveryGoodRouteInOrderOfNames) {
  const Plan made = plan(world({observed("b"), observed("a")}), kNow);
  EXPECT_THAT(names(made), ElementsAre("default/a", "default/b"));
  EXPECT_EQ(verdict(made, 0, "Accepted"), "True Accepted");
  EXPECT_EQ(verdict(made, 0, "Programmed"), "Unknown NotObserved");
  EXPECT_EQ(made.statuses[0].weights, "v1=100");
  EXPECT_FALSE(made.again);
}

TEST(Plan, OfTheSameWorldIsTheSame) {
  const World same = world({observed("a"), observed("b")}, {secret("keys", {{"alice", kKeyA}})});
  EXPECT_EQ(plan(same, kNow).config, plan(same, kNow).config);
}

TEST(Plan, EnforcesTheLastGoodGenerationOfABrokenRoute) {
  ObservedRoute route = observed("a");
  route.generation = 7;
  route.good_generation = 5;
  route.faults = {"a.yaml:3: spec.auth: is required", "a.yaml:4: spec.x: is not a known field"};
  const Plan made = plan(world({route}), kNow);
  ASSERT_THAT(made.config.routes, SizeIs(1));
  EXPECT_EQ(made.config.routes[0].generation, 5);
  EXPECT_EQ(verdict(made, 0, "Accepted"), "False Invalid");
  EXPECT_EQ(condition_of(made, 0, "Accepted").message,
            "generation 5 stays in force; a.yaml:3: spec.auth: is required; a.yaml:4: spec.x: is not a known field");
  EXPECT_EQ(condition_of(made, 0, "Accepted").observed_generation, 7);
  EXPECT_EQ(condition_of(made, 0, "Programmed").observed_generation, 5);
  EXPECT_EQ(made.statuses[0].generation, 7);
}

TEST(Plan, DoesNotRenderARouteThatWasNeverGood) {
  ObservedRoute route = observed("a");
  route.good.reset();
  route.faults = {"broken"};
  const Plan made = plan(world({route, observed("b")}), kNow);
  EXPECT_THAT(names(made), ElementsAre("default/b"));
  EXPECT_EQ(condition_of(made, 0, "Accepted").message, "nothing is in force; broken");
  EXPECT_EQ(verdict(made, 0, "ResolvedRefs"), "Unknown NotAccepted");
  EXPECT_EQ(verdict(made, 0, "Programmed"), "False NotAccepted");
}

TEST(Plan, TellsOfASecondDocument) {
  ObservedRoute route = observed("a");
  route.notes = {"b.yaml:1: a second document"};
  EXPECT_THAT(condition_of(plan(world({route}), kNow), 0, "Accepted").message,
              HasSubstr("b.yaml:1: a second document"));
}

TEST(Plan, KeepsARouteFromTheSidecarsThatTheyWouldRefuse) {
  ObservedRoute route = observed("a");
  route.good->hostnames = {"NOT A HOST"};
  const Plan made = plan(world({route, observed("b")}), kNow);
  EXPECT_THAT(names(made), ElementsAre("default/b"));
  EXPECT_EQ(verdict(made, 0, "Accepted"), "False UnsupportedValue");
}

TEST(Plan, KeepsTheTimeOfTransitionWhileTheStatusStays) {
  ObservedRoute route = observed("a");
  route.previous = {{"Accepted", "True", "Other", "old words", "2020-01-01T00:00:00Z", 1},
                    {"ResolvedRefs", "False", "Other", "", "2020-01-01T00:00:00Z", 1}};
  const Plan made = plan(world({route}, {secret("keys", {{"alice", kKeyA}})}), kNow);
  EXPECT_EQ(condition_of(made, 0, "Accepted").last_transition_time, "2020-01-01T00:00:00Z");
  EXPECT_EQ(condition_of(made, 0, "ResolvedRefs").status, "True");
  EXPECT_EQ(condition_of(made, 0, "ResolvedRefs").last_transition_time, "2024-02-29T12:00:00Z");
}

TEST(Plan, LooksAgainWhenTheNextKeyExpires) {
  World with_keys = world({observed("a")}, {secret("early", {{"alice", kKeyA}}), secret("late", {{"bob", kKeyB}}),
                                            secret("over", {{"carol", kKeyC}})});
  with_keys.secrets[0].secret.annotations[kExpiresAnnotation] = "2024-02-29T13:00:00Z";
  with_keys.secrets[1].secret.annotations[kExpiresAnnotation] = "2024-03-01T00:00:00Z";
  with_keys.secrets[2].secret.annotations[kExpiresAnnotation] = "2024-02-29T12:00:00Z";
  const Plan made = plan(with_keys, kNow);
  EXPECT_EQ(made.again, kNow + 1h);
  EXPECT_EQ(made.statuses[0].key_sets[0].keys, 1);
  EXPECT_EQ(made.statuses[0].key_sets[2].expired, 1);
  const Plan later = plan(with_keys, kNow + 1h);
  EXPECT_EQ(later.statuses[0].key_sets[0].keys, 0);
  EXPECT_EQ(later.statuses[0].key_sets[0].expired, 1);
}

// ---- Programmed ----

TEST(Programmed, ComparesGenerationAndHashOfEachRoute) {
  World asked = world({observed("a"), observed("b")});
  const Plan before = plan(asked, kNow);
  asked.sidecar = api::SidecarReport{};
  asked.sidecar->routes = {{{"default", "a"}, 1, before.config.routes[0].hash}, {{"default", "b"}, 1, "another"}};
  const Plan made = plan(asked, kNow);
  EXPECT_EQ(verdict(made, 0, "Programmed"), "True Programmed");
  EXPECT_EQ(made.statuses[0].programmed, "1/1");
  EXPECT_EQ(verdict(made, 1, "Programmed"), "False NotLoaded");
  EXPECT_EQ(made.statuses[1].programmed, "0/1");
}

TEST(Programmed, NamesWhyTheSidecarDoesNotRunIt) {
  World asked = world({observed("a")});
  asked.sidecar = api::SidecarReport{"connection refused", "", {}, {}, {}};
  EXPECT_EQ(verdict(plan(asked, kNow), 0, "Programmed"), "False SidecarUnreachable");
  EXPECT_EQ(condition_of(plan(asked, kNow), 0, "Programmed").message, "connection refused");
  asked.sidecar = api::SidecarReport{"", "gateway.v1.json: contract: must be 1", {}, {}, {}};
  EXPECT_THAT(condition_of(plan(asked, kNow), 0, "Programmed").message, HasSubstr("contract: must be 1"));
}

TEST(Programmed, IsNotTouchedByAChangeOfANeighbour) {
  World asked = world({observed("a"), observed("b")});
  const Plan before = plan(asked, kNow);
  asked.sidecar = api::SidecarReport{};
  for (const auto& route : before.config.routes) {
    asked.sidecar->routes.push_back({{route.namespace_name, route.name}, route.generation, route.hash});
  }
  asked.routes[1].good->timeouts.request = 5s;
  asked.routes[1].generation = asked.routes[1].good_generation = 2;
  const Plan made = plan(asked, kNow);
  EXPECT_EQ(verdict(made, 0, "Programmed"), "True Programmed");
  EXPECT_EQ(verdict(made, 1, "Programmed"), "False NotLoaded");
}

// ---- conflicts ----

TEST(Conflict, IsWonByTheOlderRoute) {
  ObservedRoute newer = observed("a");
  newer.good->model = "m";
  newer.created = kNow;
  ObservedRoute older = observed("b");
  older.good->model = "m";
  older.created = kNow - 1h;
  const Plan made = plan(world({newer, older}), kNow);
  EXPECT_THAT(names(made), ElementsAre("default/b"));
  EXPECT_EQ(verdict(made, 0, "Accepted"), "False RouteConflict");
  EXPECT_EQ(condition_of(made, 0, "Accepted").message, "model 'm' on any host belongs to the older MLRoute default/b");
  EXPECT_EQ(made.statuses[0].weights, "");
  EXPECT_EQ(verdict(made, 1, "Accepted"), "True Accepted");
}

TEST(Conflict, OfTheSameAgeIsWonByTheFirstName) {
  ObservedRoute first = observed("a");
  ObservedRoute second = observed("b");
  first.good->model = second.good->model = "m";
  EXPECT_THAT(names(plan(world({second, first}), kNow)), ElementsAre("default/a"));
}

TEST(Conflict, IsAboutProtocolHostAndModel) {
  ObservedRoute base = observed("a");
  base.good->model = "m";
  base.good->hostnames = {"x.example"};
  ObservedRoute other_host = observed("b");
  other_host.good->model = "m";
  other_host.good->hostnames = {"y.example"};
  ObservedRoute any_host = observed("c");
  any_host.good->model = "m";
  ObservedRoute other_protocol = observed("d");
  other_protocol.good->model = "m";
  other_protocol.good->hostnames = {"x.example"};
  other_protocol.good->protocol = config::Protocol::OpenAI;
  ObservedRoute same = observed("e");
  same.good->model = "m";
  same.good->hostnames = {"z.example", "x.example"};
  const Plan made = plan(world({base, other_host, any_host, other_protocol, same}), kNow);
  EXPECT_THAT(names(made), ElementsAre("default/a", "default/b", "default/c", "default/d"));
  EXPECT_EQ(verdict(made, 4, "Accepted"), "False RouteConflict");
}

TEST(Conflict, IsNotLostAgainstALoser) {
  ObservedRoute winner = observed("a");
  winner.good->model = "m";
  winner.good->hostnames = {"x.example"};
  ObservedRoute loser = observed("b");
  loser.good->model = "m";
  loser.good->hostnames = {"x.example", "y.example"};
  ObservedRoute third = observed("c");
  third.good->model = "m";
  third.good->hostnames = {"y.example"};
  EXPECT_THAT(names(plan(world({winner, loser, third}), kNow)), ElementsAre("default/a", "default/c"));
}

TEST(Conflict, OfPathsIsOverlap) {
  using config::PathType;
  const auto overlaps = [](PathType one_type, const char* one, PathType other_type, const char* other) {
    const auto routes = world({generic("a", one_type, one), generic("b", other_type, other)});
    return plan(routes, kNow).config.routes.size() == 1;
  };
  EXPECT_TRUE(overlaps(PathType::Exact, "/a", PathType::Exact, "/a"));
  EXPECT_TRUE(overlaps(PathType::Prefix, "/a", PathType::Exact, "/a/b"));
  EXPECT_TRUE(overlaps(PathType::Exact, "/a/b", PathType::Prefix, "/"));
  EXPECT_TRUE(overlaps(PathType::Prefix, "/a/b", PathType::Prefix, "/a"));
  EXPECT_FALSE(overlaps(PathType::Prefix, "/a", PathType::Prefix, "/ab"));
  EXPECT_FALSE(overlaps(PathType::Exact, "/a", PathType::Exact, "/a/"));
  EXPECT_FALSE(overlaps(PathType::Exact, "/a", PathType::Prefix, "/a/b"));
}

TEST(Conflict, WithinOneGenericRouteIsNone) {
  ObservedRoute route = generic("a", config::PathType::Prefix, "/");
  route.good->paths.push_back({config::PathType::Exact, "/x", {"GET"}});
  EXPECT_THAT(plan(world({route}), kNow).config.routes, SizeIs(1));
}

}  // namespace
}  // namespace mlgateway::route
