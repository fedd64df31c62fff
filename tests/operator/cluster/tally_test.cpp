#include "operator/cluster/tally.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "operator/cluster/statuses.hpp"

namespace mlgateway::cluster {
namespace {

using testing::HasSubstr;

const api::ObjectKey kRoute{"models", "iris"};
const api::Loaded kLoaded{kRoute, 3, "hash"};

workload::Pod pod(const std::string& name, bool ready = true, bool leaving = false) {
  workload::Pod pod;
  pod.key = {"models", name};
  pod.address = "10.0.0.1";
  pod.ready = ready;
  pod.leaving = leaving;
  return pod;
}

workload::Workload workload_with(std::vector<workload::Pod> pods) {
  workload::Workload workload;
  workload.secret = "s";
  workload.pods = std::move(pods);
  config::Route route;
  route.namespace_name = "models";
  route.name = "iris";
  route.generation = 3;
  route.hash = "hash";
  workload.config.routes = {route};
  return workload;
}

api::SidecarReport running(std::vector<api::Loaded> routes) {
  api::SidecarReport report;
  report.routes = std::move(routes);
  return report;
}

TEST(Tally, CountsTheReadyPodsThatRunWhatWasRendered) {
  const auto tally =
      tally_of(kRoute, {workload_with({pod("a"), pod("b"), pod("young", false), pod("old", true, true)})},
               {{{"models", "a"}, running({kLoaded})}, {{"models", "b"}, running({{kRoute, 2, "before"}})}});
  EXPECT_EQ(tally.ready, 2);
  EXPECT_EQ(tally.current, 1);
  const auto verdict = programmed(tally, {}, 3);
  EXPECT_EQ(verdict.status, "False");
  EXPECT_THAT(verdict.message, HasSubstr("1 of 2 sidecars run generation 3; b: runs what was before, of generation 2"));
}

TEST(Tally, SaysWhyASidecarIsBehind) {
  const auto why = [](const Reports& reports) {
    return programmed(tally_of(kRoute, {workload_with({pod("a")})}, reports), {}, 3).message;
  };
  api::SidecarReport gone, refusing;
  gone.unreachable = "no answer";
  refusing.config_error = "routes[0]: wrong";
  EXPECT_THAT(why({}), HasSubstr("a: was not asked yet"));
  EXPECT_THAT(why({{{"models", "a"}, gone}}), HasSubstr("a: no answer"));
  EXPECT_THAT(why({{{"models", "a"}, refusing}}), HasSubstr("a: routes[0]: wrong"));
}

TEST(Tally, NamesTheSidecarThatIsFarthestBehind) {
  api::SidecarReport gone;
  gone.unreachable = "no answer";
  const auto behind = [](const Reports& reports) {
    return tally_of(kRoute, {workload_with({pod("a"), pod("b"), pod("c")})}, reports).behind;
  };
  const Reports old = {{{"models", "a"}, running({{kRoute, 2, "x"}})},
                       {{"models", "b"}, running({{kRoute, 1, "y"}})},
                       {{"models", "c"}, running({{kRoute, 2, "x"}})}};
  EXPECT_THAT(behind(old), HasSubstr("b: "));
  Reports silent = old;
  silent[{"models", "c"}] = gone;
  EXPECT_EQ(behind(silent), "c: no answer");
}

TEST(Tally, TellsAConfigurationThatIsRefusedFromOneThatIsAwaited) {
  api::SidecarReport refusing = running({{kRoute, 2, "before"}});
  refusing.config_error = "routes[0]: wrong";
  const Reports reports = {{{"models", "a"}, refusing}};
  EXPECT_EQ(programmed(tally_of(kRoute, {workload_with({pod("a")})}, reports), {}, 3).reason, "ConfigRefused");
  EXPECT_EQ(programmed(tally_of(kRoute, {workload_with({pod("a")})}, {}), {}, 3).reason, "NotLoaded");
}

TEST(Tally, OfNothingIsNotProgrammed) {
  EXPECT_EQ(programmed(tally_of(kRoute, {}, {}), {}, 3).reason, "NoPods");
  EXPECT_EQ(programmed(tally_of(kRoute, {workload_with({pod("a", false)})}, {}), {}, 3).reason, "NoReadyPods");
}

TEST(Merged, HasWhatEveryPodRuns) {
  const auto workload = workload_with({pod("a"), pod("b")});
  const Reports one = {{{"models", "a"}, running({kLoaded})}};
  Reports both = one;
  both[{"models", "b"}] = running({kLoaded});
  EXPECT_TRUE(merged(workload.config, {workload}, one).routes.empty());
  EXPECT_THAT(merged(workload.config, {workload}, both).routes, testing::ElementsAre(kLoaded));
  EXPECT_TRUE(merged(workload.config, {}, both).routes.empty());
}

TEST(Ready, IsTheFirstThatIsWrong) {
  const api::Conditions good = {{"Accepted", "True", "Accepted", "", "", 1}};
  const api::Conditions bad = {{"ResolvedRefs", "False", "SecretNotFound", "no such", "", 1}};
  EXPECT_EQ(ready(good).status, "True");
  EXPECT_EQ(ready(bad).reason, "SecretNotFound");
  Tally apart;
  apart.apart = {"v2"};
  EXPECT_EQ(ready(good, apart, {}).reason, "VersionsApart");
  EXPECT_THAT(ready(good, apart, {}).message, HasSubstr("'v2'"));
  EXPECT_EQ(ready(good, apart, {{}, {"v2"}}).reason, "VersionWithoutPods");
  EXPECT_EQ(ready(good, apart, {{"naked"}, {"v2"}}).reason, "PodsWithoutSidecar");
  EXPECT_EQ(ready(bad, apart, {{"naked"}, {"v2"}}).reason, "SecretNotFound");
}

TEST(RouteStatus, SaysThatAConfigurationWasWithheld) {
  api::RouteStatus planned;
  planned.key = kRoute;
  planned.generation = 3;
  planned.weights = "v1=100";
  planned.conditions = {{"Accepted", "True", "Accepted", "", "", 3},
                        {"Programmed", "Unknown", "NotObserved", "", "", 3}};
  const std::vector<workload::Workload> workloads = {workload_with({pod("a")})};
  const std::vector<Withheld> withheld = {{"s", "ConfigTooLarge", "it is too large"}};
  const auto status = route_status(planned, {workloads, {}, withheld, {}, {}}, {}, {});
  ASSERT_EQ(status.conditions.size(), 3);
  EXPECT_EQ(status.conditions[1].reason, "ConfigTooLarge");
  EXPECT_EQ(status.conditions[2].type, "Ready");
  EXPECT_EQ(status.conditions[2].reason, "ConfigTooLarge");
  EXPECT_EQ(status.programmed, "0/1");
}

TEST(Status, IsNotTakenBackBeforeEverySidecarWasAsked) {
  const api::Conditions judged = {{"Programmed", "True", "Programmed", "", "", 3}};
  const auto workload = workload_with({pod("a"), pod("b")});
  const Reports one = {{{"models", "a"}, running({kLoaded})}};
  Reports both = one;
  both[{"models", "b"}] = running({});
  EXPECT_TRUE(is_premature(tally_of(kRoute, {workload}, one), judged, 3));
  EXPECT_FALSE(is_premature(tally_of(kRoute, {workload}, both), judged, 3));
  EXPECT_FALSE(is_premature(tally_of(kRoute, {workload}, one), judged, 4));
  EXPECT_FALSE(is_premature(tally_of(kRoute, {workload}, one), {}, 3));
}

TEST(QuotaStatus, IsReadyWhenAllElseIsWell) {
  api::QuotaStatus planned;
  planned.generation = 3;
  planned.conditions = {{"Accepted", "True", "Accepted", "", "", 3}};
  EXPECT_EQ(quota_status(planned, {}, {}).conditions.back().status, "True");
  planned.conditions.push_back({"ResolvedRefs", "False", "NoTargets", "none", "", 3});
  const auto status = quota_status(planned, {}, {});
  EXPECT_EQ(status.conditions.back().type, "Ready");
  EXPECT_EQ(status.conditions.back().reason, "NoTargets");
}

}  // namespace
}  // namespace mlgateway::cluster
