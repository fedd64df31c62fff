#include "sidecar/observe/merged.hpp"

namespace mlgateway::observe {
namespace {

template <class H, std::size_t N>
void add_buckets(std::array<std::uint64_t, N>& sums, const H& histogram) {
  for (std::size_t i = 0; i < N; ++i) sums[i] += histogram.count(i);
}

// T is RouteSeries or WorkerMetrics: both count refusals by reason.
template <class T>
void add_refusals(std::array<std::uint64_t, kReasonCount>& sums, const T& series) {
  for (std::size_t i = 0; i < kReasonCount; ++i) sums[i] += series.refusals(static_cast<Reason>(i));
}

void add_version(MergedRoute& route, std::string_view name, const VersionSeries& series) {
  MergedVersion& version = route.versions[std::string(name)];
  for (std::size_t i = 0; i < VersionSeries::kSlots; ++i) version.answers[i] += series.answers(i);
  add_buckets(version.durations, series.durations());
  version.duration_sum += series.durations().sum();
  version.cost += series.cost.value();
  version.in_flight += series.in_flight.value();
  route.request_bytes += series.request_bytes();
  route.response_bytes += series.response_bytes();
}

void add_worker(Merged& merged, const WorkerMetrics& worker) {
  merged.connections += worker.connections.value();
  merged.connections_total += worker.connections_total.value();
  merged.connections_refused += worker.connections_refused.value();
  merged.upstream_connections += worker.upstream_connections.value();
  merged.upstream_reused += worker.upstream_reused.value();
  for (std::size_t i = 0; i < kConnectResultCount; ++i) {
    merged.upstream_connects[i] += worker.upstream_connects(static_cast<ConnectResult>(i));
  }
  for (std::size_t i = 0; i < kHandshakeResultCount; ++i) {
    merged.handshakes[i] += worker.handshakes(static_cast<HandshakeResult>(i));
  }
  add_refusals(merged.refusals, worker);
  add_buckets(merged.overhead, worker.overhead);
  merged.overhead_sum += worker.overhead.sum();
  worker.visit_routes([&](std::string_view ns, std::string_view name, const RouteSeries& series) {
    MergedRoute& route = merged.routes[{std::string(ns), std::string(name)}];
    add_refusals(route.refusals, series);
    route.would_refuse += series.would_refuse.value();
    for (std::size_t i = 0; i < route.cached.size(); ++i)
      route.cached[i] += series.cached_as(static_cast<CacheState>(i));
    WorkerMetrics::visit_versions(
        series, [&](std::string_view version, const VersionSeries& numbers) { add_version(route, version, numbers); });
  });
}

}  // namespace

Merged merge(const std::vector<std::unique_ptr<WorkerMetrics>>& workers) {
  Merged merged;
  for (const auto& worker : workers) add_worker(merged, *worker);
  return merged;
}

}  // namespace mlgateway::observe
