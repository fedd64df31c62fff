#include "sidecar/observe/metrics.hpp"

#include <atomic>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/text_serializer.h>

namespace mlgateway::observe {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

std::string scrape(const Metrics& metrics) { return prometheus::TextSerializer{}.Serialize(metrics.Collect()); }

TEST(Metrics, AddsTheWorkersUp) {
  Metrics metrics(2);
  metrics.worker(0).route("default", "iris").version("v1").record(200, 1ms, 10, 100);
  metrics.worker(1).route("default", "iris").version("v1").record(200, 1ms, 10, 100);
  metrics.worker(1).route("default", "iris").version("v2").record(503, 1ms, 1, 1);
  metrics.worker(0).connections.add(3);
  metrics.worker(1).connections.add(4);

  const std::string text = scrape(metrics);
  EXPECT_THAT(
      text,
      HasSubstr("mlgateway_requests_total{namespace=\"default\",mlroute=\"iris\",version=\"v1\",code=\"200\"} 2\n"));
  EXPECT_THAT(
      text,
      HasSubstr("mlgateway_requests_total{namespace=\"default\",mlroute=\"iris\",version=\"v2\",code=\"503\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("mlgateway_request_bytes_total{namespace=\"default\",mlroute=\"iris\"} 21\n"));
  EXPECT_THAT(text, HasSubstr("mlgateway_response_bytes_total{namespace=\"default\",mlroute=\"iris\"} 201\n"));
  EXPECT_THAT(text, HasSubstr("\nmlgateway_connections 7\n"));
}

TEST(Metrics, ShowsZeroSuccessesFromTheStartAndOtherStatusesWhenTheyOccur) {
  Metrics metrics(1);
  metrics.worker(0).route("default", "iris").version("v1");
  const std::string text = scrape(metrics);
  EXPECT_THAT(text, HasSubstr("version=\"v1\",code=\"200\"} 0\n"));
  EXPECT_THAT(text, Not(HasSubstr("code=\"500\"")));
}

TEST(Metrics, ShowsDurationsCumulatively) {
  Metrics metrics(1);
  VersionSeries& version = metrics.worker(0).route("default", "iris").version("v1");
  version.record(200, 400us, 0, 0);
  version.record(200, 2ms, 0, 0);
  version.record(200, 2min, 0, 0);

  const std::string text = scrape(metrics);
  const std::string bucket =
      "mlgateway_request_duration_seconds_bucket{namespace=\"default\",mlroute=\"iris\",version=\"v1\",le=";
  EXPECT_THAT(text, HasSubstr(bucket + "\"0.0005\"} 1\n"));
  EXPECT_THAT(text, HasSubstr(bucket + "\"0.0025\"} 2\n"));
  EXPECT_THAT(text, HasSubstr(bucket + "\"60\"} 2\n"));
  EXPECT_THAT(text, HasSubstr(bucket + "\"+Inf\"} 3\n"));
  EXPECT_THAT(
      text,
      HasSubstr(
          "mlgateway_request_duration_seconds_sum{namespace=\"default\",mlroute=\"iris\",version=\"v1\"} 120.0024"));
  EXPECT_THAT(
      text,
      HasSubstr("mlgateway_request_duration_seconds_count{namespace=\"default\",mlroute=\"iris\",version=\"v1\"} 3\n"));
}

TEST(Metrics, ShowsCostInWholeUnits) {
  Metrics metrics(2);
  metrics.worker(0).route("default", "iris").version("v1").cost.add(1'400'000);
  metrics.worker(1).route("default", "iris").version("v1").cost.add(100'000);
  EXPECT_THAT(scrape(metrics),
              HasSubstr("mlgateway_cost_total{namespace=\"default\",mlroute=\"iris\",version=\"v1\"} 1.5\n"));
}

TEST(Metrics, ShowsWhatTheCacheDidOnlyWhereThereIsOne) {
  Metrics metrics(1);
  metrics.worker(0).route("default", "bert").version("v1");
  metrics.worker(0).route("default", "iris").cached(CacheState::Hit);
  const std::string text = scrape(metrics);
  const std::string iris = "mlgateway_cache_requests_total{namespace=\"default\",mlroute=\"iris\",state=";
  EXPECT_THAT(text, HasSubstr(iris + "\"hit\"} 1\n"));
  EXPECT_THAT(text, HasSubstr(iris + "\"collapsed\"} 0\n"));
  EXPECT_THAT(text, Not(HasSubstr("mlgateway_cache_requests_total{namespace=\"default\",mlroute=\"bert\"")));
}

TEST(Metrics, ShowsRefusalsWithAndWithoutARoute) {
  Metrics metrics(1);
  metrics.worker(0).refused(Reason::RouteNotFound);
  metrics.worker(0).route("default", "iris").refused(Reason::CredentialMissing);
  const std::string text = scrape(metrics);
  EXPECT_THAT(text, HasSubstr("mlgateway_refusals_total{namespace=\"\",mlroute=\"\",reason=\"RouteNotFound\"} 1\n"));
  EXPECT_THAT(
      text,
      HasSubstr("mlgateway_refusals_total{namespace=\"default\",mlroute=\"iris\",reason=\"CredentialMissing\"} 1\n"));
  EXPECT_THAT(text, Not(HasSubstr("reason=\"Internal\"")));
}

TEST(Metrics, ShowsConnectionsToModelsAndTheOwnShare) {
  Metrics metrics(1);
  WorkerMetrics& worker = metrics.worker(0);
  worker.connections_total.add(5);
  worker.connections_refused.add(1);
  worker.upstream_connections.add(2);
  worker.upstream_reused.add(9);
  worker.upstream_connect(ConnectResult::Success);
  worker.upstream_connect(ConnectResult::Timeout);
  worker.overhead.record(20us);

  const std::string text = scrape(metrics);
  EXPECT_THAT(text, HasSubstr("\nmlgateway_connections_total 5\n"));
  EXPECT_THAT(text, HasSubstr("\nmlgateway_connections_refused_total 1\n"));
  EXPECT_THAT(text, HasSubstr("\nmlgateway_upstream_connections 2\n"));
  EXPECT_THAT(text, HasSubstr("\nmlgateway_upstream_reused_total 9\n"));
  EXPECT_THAT(text, HasSubstr("mlgateway_upstream_connects_total{result=\"success\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("mlgateway_upstream_connects_total{result=\"failure\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("mlgateway_upstream_connects_total{result=\"timeout\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("mlgateway_overhead_seconds_bucket{le=\"2.5e-05\"} 1\n"));
}

TEST(Metrics, CountsReloadsAndRemembersTheLastGoodOne) {
  Metrics metrics(1);
  EXPECT_THAT(scrape(metrics), HasSubstr("mlgateway_config_last_success_timestamp_seconds 0\n"));
  metrics.config_loaded(WallTime{1500ms});
  metrics.config_refused();
  const std::string text = scrape(metrics);
  EXPECT_THAT(text, HasSubstr("mlgateway_config_reloads_total{result=\"success\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("mlgateway_config_reloads_total{result=\"failure\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("mlgateway_config_last_success_timestamp_seconds 1.5\n"));
}

TEST(Metrics, ShowsTheProcessAndTheBuild) {
  const std::string text = scrape(Metrics(1));
  EXPECT_THAT(text, HasSubstr("mlgateway_build_info{version=\"" MLGATEWAY_VERSION "\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("mlgateway_access_log_dropped_total 0\n"));
  for (const char* name : {"process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds",
                           "process_start_time_seconds"}) {
    EXPECT_THAT(text, HasSubstr(std::string("\n") + name + " "));
  }
}

TEST(Metrics, TotalsOneVersionOverTheWorkers) {
  Metrics metrics(2);
  metrics.worker(0).route("default", "iris").version("v1").record(200, 1ms, 0, 0);
  metrics.worker(0).route("default", "iris").version("v1").record(499, 1ms, 0, 0);
  metrics.worker(1).route("default", "iris").version("v1").record(500, 1ms, 0, 0);
  metrics.worker(1).route("default", "iris").version("v1").in_flight.add();

  const VersionTotals totals = metrics.totals("default", "iris", "v1");
  EXPECT_EQ(totals.requests, 3u);
  EXPECT_EQ(totals.errors, 1u) << "a caller who hung up is no error of the version";
  EXPECT_EQ(totals.in_flight, 1);
  EXPECT_EQ(metrics.totals("default", "iris", "v9").requests, 0u);
}

// For ThreadSanitizer as much as for the numbers: a reload adds series while a scrape walks them.
TEST(Metrics, AreReadWhileAWorkerCountsAndAddsSeries) {
  Metrics metrics(1);
  std::atomic<bool> done = false;
  std::thread worker([&] {
    for (int i = 0; i < 200; ++i) {
      VersionSeries& version = metrics.worker(0).route("default", "r" + std::to_string(i)).version("v1");
      for (int n = 0; n < 100; ++n) version.record(200, 1ms, 1, 1);
      metrics.worker(0).refused(Reason::RouteNotFound);
    }
    done = true;
  });
  while (!done) metrics.Collect();
  worker.join();
  EXPECT_EQ(metrics.totals("default", "r199", "v1").requests, 100u);
}

}  // namespace
}  // namespace mlgateway::observe
