#include "sidecar/observe/worker_metrics.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace mlgateway::observe {
namespace {

using namespace std::chrono_literals;

std::vector<std::string> series_of(const WorkerMetrics& worker) {
  std::vector<std::string> names;
  worker.visit_routes([&](std::string_view ns, std::string_view route, const RouteSeries& series) {
    const std::string prefix = std::string(ns) + "/" + std::string(route);
    names.push_back(prefix);
    WorkerMetrics::visit_versions(series, [&](std::string_view version, const VersionSeries&) {
      names.push_back(prefix + "/" + std::string(version));
    });
  });
  return names;
}

TEST(VersionSeries, CountsEachStatusByItself) {
  VersionSeries series;
  series.record(200, 1ms, 10, 100);
  series.record(200, 1ms, 10, 100);
  series.record(504, 1ms, 1, 2);
  EXPECT_EQ(series.answers(VersionSeries::slot(200)), 2u);
  EXPECT_EQ(series.answers(VersionSeries::slot(504)), 1u);
  EXPECT_EQ(series.answers(VersionSeries::slot(201)), 0u);
  EXPECT_EQ(series.request_bytes(), 21u);
  EXPECT_EQ(series.response_bytes(), 202u);
  EXPECT_EQ(series.durations().sum(), 3ms);
}

TEST(VersionSeries, CountsWhatIsNoStatusTogether) {
  VersionSeries series;
  for (const int status : {-1, 0, 99, 600, 100000}) series.record(status, 0ns, 0, 0);
  EXPECT_EQ(series.answers(0), 5u);
}

TEST(VersionSeries, MapsStatusesToSlotsAndBack) {
  for (int status = 100; status < 600; ++status) {
    ASSERT_LT(VersionSeries::slot(status), VersionSeries::kSlots);
    ASSERT_EQ(VersionSeries::status_at(VersionSeries::slot(status)), status);
  }
}

TEST(WorkerMetrics, GivesTheSameSeriesForTheSameNames) {
  WorkerMetrics worker;
  RouteSeries& iris = worker.route("default", "iris");
  VersionSeries& v1 = iris.version("v1");
  for (int i = 0; i < 100; ++i) worker.route("default", "r" + std::to_string(i)).version("v1");

  EXPECT_EQ(&worker.route("default", "iris"), &iris);
  EXPECT_EQ(&iris.version("v1"), &v1);
  EXPECT_NE(&iris.version("v2"), &v1);
  EXPECT_NE(&worker.route("other", "iris"), &iris);
}

TEST(WorkerMetrics, ContinuesARouteThatComesBackAfterAReload) {
  WorkerMetrics worker;
  worker.route("default", "iris").version("v1").record(200, 1ms, 0, 0);
  worker.route("default", "iris").version("v1").record(200, 1ms, 0, 0);
  ASSERT_NE(worker.find("default", "iris", "v1"), nullptr);
  EXPECT_EQ(worker.find("default", "iris", "v1")->answers(VersionSeries::slot(200)), 2u);
}

TEST(WorkerMetrics, FindsNothingThatNeverWas) {
  WorkerMetrics worker;
  worker.route("default", "iris");
  EXPECT_EQ(worker.find("default", "iris", "v1"), nullptr);
  EXPECT_EQ(worker.find("default", "rose", "v1"), nullptr);
}

TEST(WorkerMetrics, CountsNewRoutesTogetherAtTheLimit) {
  WorkerMetrics worker(2);
  worker.route("ns", "a").version("v1");
  RouteSeries& late = worker.route("ns", "b");
  EXPECT_EQ(&late, &worker.route("ns", "c"));
  EXPECT_EQ(&late.version("v1"), &late.version("v2"));
  EXPECT_EQ(&worker.route("ns", "a").version("v2"), &late.version("x")) << "a new version of a known route";
  EXPECT_EQ(series_of(worker), (std::vector<std::string>{"ns/a", "ns/a/v1", "other/other", "other/other/other"}));
}

TEST(WorkerMetrics, ShowsNoOverflowBelowTheLimit) {
  WorkerMetrics worker(3);
  worker.route("ns", "a").version("v1");
  EXPECT_EQ(series_of(worker), (std::vector<std::string>{"ns/a", "ns/a/v1"}));
}

}  // namespace
}  // namespace mlgateway::observe
