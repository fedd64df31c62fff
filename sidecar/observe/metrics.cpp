#include "sidecar/observe/metrics.hpp"

#include <utility>

#include "sidecar/observe/access_log.hpp"
#include "sidecar/observe/exposition.hpp"
#include "sidecar/observe/families.hpp"
#include "sidecar/observe/process.hpp"

namespace mlgateway::observe {
namespace {

using prometheus::MetricFamily;

double number(std::uint64_t count) { return static_cast<double>(count); }

void append_process(std::vector<MetricFamily>& out) {
  const ProcessNumbers process = process_numbers();
  out.push_back(
      single_counter("process_cpu_seconds_total", "Processor time spent, user and system.", process.cpu_seconds));
  out.push_back(single_gauge("process_resident_memory_bytes", "Resident memory.", number(process.resident_bytes)));
  out.push_back(single_gauge("process_open_fds", "Open file descriptors.", number(process.open_fds)));
  out.push_back(
      single_gauge("process_start_time_seconds", "When the process started, since the epoch.", process.start_time));
  MetricFamily build = gauges("mlgateway_build_info", "Always 1; the labels say which build this is.");
  add_gauge(build, {{"version", MLGATEWAY_VERSION}}, 1);
  out.push_back(std::move(build));
}

}  // namespace

Metrics::Metrics(std::size_t workers, const AccessLog* access_log) : access_log_(access_log) {
  for (std::size_t i = 0; i < workers; ++i) workers_.push_back(std::make_unique<WorkerMetrics>());
}

void Metrics::config_loaded(WallTime now) {
  config_successes_.fetch_add(1, std::memory_order_relaxed);
  const auto since_epoch = std::chrono::floor<std::chrono::milliseconds>(now.time_since_epoch());
  config_last_success_ms_.store(since_epoch.count(), std::memory_order_relaxed);
}

void Metrics::config_refused() { config_failures_.fetch_add(1, std::memory_order_relaxed); }

VersionTotals Metrics::totals(std::string_view namespace_name, std::string_view route, std::string_view version) const {
  VersionTotals totals;
  for (const auto& worker : workers_) {
    const VersionSeries* series = worker->find(namespace_name, route, version);
    if (series == nullptr) continue;
    totals.in_flight += series->in_flight.value();
    for (std::size_t slot = 0; slot < VersionSeries::kSlots; ++slot) {
      totals.requests += series->answers(slot);
      if (VersionSeries::status_at(slot) >= 500) totals.errors += series->answers(slot);
    }
  }
  return totals;
}

std::int64_t Metrics::in_flight() const {
  std::int64_t sum = 0;
  const auto add = [&](std::string_view, const VersionSeries& series) { sum += series.in_flight.value(); };
  for (const auto& worker : workers_) {
    worker->visit_routes([&](std::string_view, std::string_view, const RouteSeries& route) {
      WorkerMetrics::visit_versions(route, add);
    });
  }
  return sum;
}

std::vector<MetricFamily> Metrics::Collect() const {
  std::vector<MetricFamily> out;
  const Merged merged = merge(workers_);
  append_routes(out, merged);
  append_connections(out, merged);
  MetricFamily reloads =
      counters("mlgateway_config_reloads_total", "Configurations found, by whether they were taken into force.");
  add_counter(reloads, {{"result", "success"}}, number(config_successes_.load(std::memory_order_relaxed)));
  add_counter(reloads, {{"result", "failure"}}, number(config_failures_.load(std::memory_order_relaxed)));
  out.push_back(std::move(reloads));
  out.push_back(single_gauge("mlgateway_config_last_success_timestamp_seconds",
                             "When a configuration was last taken into force; 0 is never.",
                             static_cast<double>(config_last_success_ms_.load(std::memory_order_relaxed)) / 1000));
  out.push_back(single_counter("mlgateway_access_log_dropped_total", "Access lines that nobody read in time.",
                               access_log_ == nullptr ? 0 : number(access_log_->dropped())));
  append_process(out);
  return out;
}

}  // namespace mlgateway::observe
