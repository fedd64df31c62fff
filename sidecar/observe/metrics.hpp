// All metrics of the process: one WorkerMetrics per worker, the process's own numbers, and their sum as Prometheus
// sees it. The names and labels are stable interface; exposition.cpp and metrics.cpp hold the list.
//
// Collect() may run on any thread at any time; it takes each worker's lock for the length of a copy, never in the way
// of a request.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include "sidecar/base/clock.hpp"
#include "sidecar/observe/worker_metrics.hpp"

namespace mlgateway::observe {

class AccessLog;

// One version's numbers over all workers, for /state.
struct VersionTotals {
  std::uint64_t requests = 0;
  std::uint64_t errors = 0;  // answers with status 500 or above
  std::int64_t in_flight = 0;
};

class Metrics : public prometheus::Collectable {
 public:
  // `access_log` is asked for its drops at each scrape and must outlive the Metrics; nullptr: none is reported.
  explicit Metrics(std::size_t workers, const AccessLog* access_log = nullptr);

  // Valid for the life of the Metrics. Hand each to exactly one thread.
  WorkerMetrics& worker(std::size_t index) { return *workers_[index]; }
  std::size_t workers() const { return workers_.size(); }

  // From any thread.
  void config_loaded(WallTime now);
  void config_refused();

  // Requests whose version is chosen and whose answer has not ended.
  std::int64_t in_flight() const;
  VersionTotals totals(std::string_view namespace_name, std::string_view route, std::string_view version) const;

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  std::vector<std::unique_ptr<WorkerMetrics>> workers_;
  const AccessLog* access_log_;
  std::atomic<std::uint64_t> config_successes_{0};
  std::atomic<std::uint64_t> config_failures_{0};
  std::atomic<std::int64_t> config_last_success_ms_{0};  // since the epoch; 0: never
};

}  // namespace mlgateway::observe
