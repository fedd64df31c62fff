#include "operator/cluster/tally.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "operator/cluster/report_book.hpp"
#include "operator/cluster/statuses.hpp"

namespace mlgateway::cluster {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

const api::ObjectKey kRoute{"models", "iris"};
const api::Loaded kLoaded{kRoute, 3, "hash"};

workload::Pod pod(const std::string& name, bool ready = true, bool leaving = false) {
  workload::Pod pod;
  pod.key = {"models", name};
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
  const auto verdict = programmed(tally, 3);
  EXPECT_EQ(verdict.status, "False");
  EXPECT_THAT(verdict.message, HasSubstr("1 of 2 sidecars run generation 3; b: has not loaded it yet"));
}

TEST(Tally, SaysWhyASidecarIsBehind) {
  const auto why = [](const Reports& reports) {
    return programmed(tally_of(kRoute, {workload_with({pod("a")})}, reports), 3).message;
  };
  api::SidecarReport gone, refusing;
  gone.unreachable = "no answer";
  refusing.config_error = "routes[0]: wrong";
  EXPECT_THAT(why({}), HasSubstr("a: was not asked yet"));
  EXPECT_THAT(why({{{"models", "a"}, gone}}), HasSubstr("a: no answer"));
  EXPECT_THAT(why({{{"models", "a"}, refusing}}), HasSubstr("a: routes[0]: wrong"));
}

TEST(Tally, OfNothingIsNotProgrammed) {
  EXPECT_EQ(programmed(tally_of(kRoute, {}, {}), 3).reason, "NoPods");
  EXPECT_EQ(programmed(tally_of(kRoute, {workload_with({pod("a", false)})}, {}), 3).reason, "NoReadyPods");
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

TEST(Merged, TellsTheMostThatOneCallerUsedAndAllRefusals) {
  const api::ObjectKey quota{"models", "plans"};
  const auto uses = [&](config::Millionths used, std::int64_t refused) {
    api::SidecarReport report;
    report.uses = {{quota, {{"all", "daily", 10, used, refused, refused}}}};
    return report;
  };
  const Reports reports = {{{"models", "a"}, uses(3, 1)}, {{"models", "b"}, uses(7, 2)}, {{"models", "c"}, uses(9, 9)}};
  const auto report = merged({}, {workload_with({pod("a"), pod("b")})}, reports);
  ASSERT_EQ(report.uses.size(), 1);
  const api::LimitUse expected{"all", "daily", 10, 7, 3, 3};
  EXPECT_EQ(report.uses[0].limits[0], expected);
}

TEST(Ready, IsTheFirstThatIsWrong) {
  const api::Conditions good = {{"Accepted", "True", "Accepted", "", "", 1}};
  const api::Conditions bad = {{"ResolvedRefs", "False", "SecretNotFound", "no such", "", 1}};
  EXPECT_EQ(ready(good, {}).status, "True");
  EXPECT_EQ(ready(bad, {}).reason, "SecretNotFound");
  Tally apart;
  apart.apart = {"v2"};
  EXPECT_EQ(ready(good, apart).reason, "VersionsApart");
  EXPECT_THAT(ready(good, apart).message, HasSubstr("'v2'"));
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
  const auto status = route_status(planned, {workloads, {}, withheld}, {}, {});
  ASSERT_EQ(status.conditions.size(), 3);
  EXPECT_EQ(status.conditions[1].reason, "ConfigTooLarge");
  EXPECT_EQ(status.conditions[2].type, "Ready");
  EXPECT_EQ(status.conditions[2].reason, "ConfigTooLarge");
  EXPECT_EQ(status.programmed, "0/1");
}

TEST(ReportBook, IsNewsWhenSomethingElseRuns) {
  ReportBook book;
  const Instant now{};
  EXPECT_TRUE(book.put(kRoute, {running({kLoaded}), "h"}, now));
  EXPECT_FALSE(book.put(kRoute, {running({kLoaded}), "h"}, now));
  EXPECT_TRUE(book.put(kRoute, {running({}), "h"}, now));
}

TEST(ReportBook, LetsUseAloneBeNewsOnceAMinute) {
  ReportBook book;
  Instant now{};
  api::SidecarReport report = running({kLoaded});
  EXPECT_TRUE(book.put(kRoute, {report, "h"}, now));
  report.uses = {{{"models", "plans"}, {{"all", "daily", 10, 1, 0, 0}}}};
  EXPECT_FALSE(book.put(kRoute, {report, "h"}, now + 59s));
  EXPECT_TRUE(book.put(kRoute, {report, "h"}, now + 60s));
}

TEST(ReportBook, HasAKubeletNudgedAgainMoreAndMoreSeldom) {
  ReportBook book;
  const Instant now{};
  EXPECT_FALSE(book.nudge_again(kRoute, true, now));
  book.put(kRoute, {running({}), "h"}, now);
  EXPECT_FALSE(book.nudge_again(kRoute, true, now));
  EXPECT_FALSE(book.nudge_again(kRoute, true, now + 1s));
  EXPECT_EQ(book.nudge_again(kRoute, true, now + 2s), 1);
  EXPECT_FALSE(book.nudge_again(kRoute, true, now + 5s));
  EXPECT_EQ(book.nudge_again(kRoute, true, now + 6s), 2);
  EXPECT_FALSE(book.nudge_again(kRoute, false, now + 7s));
  EXPECT_FALSE(book.nudge_again(kRoute, true, now + 20s));
  EXPECT_EQ(book.nudge_again(kRoute, true, now + 22s), 1);
}

TEST(ReportBook, KeepsNamespacesApart) {
  ReportBook book;
  book.put({"a", "x"}, {}, {});
  book.put({"b", "x"}, {}, {});
  EXPECT_EQ(book.all("a").size(), 1);
  book.forget({"a", "x"});
  EXPECT_TRUE(book.all("a").empty());
}

}  // namespace
}  // namespace mlgateway::cluster
