// The workers' numbers added up, by route and version: what a scrape shows.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sidecar/observe/worker_metrics.hpp"

namespace mlgateway::observe {

struct MergedVersion {
  std::array<std::uint64_t, VersionSeries::kSlots> answers{};
  std::array<std::uint64_t, DurationHistogram::kBuckets> durations{};
  std::chrono::nanoseconds duration_sum{};
  std::uint64_t cost = 0;  // millionths
  std::int64_t in_flight = 0;
};

struct MergedRoute {
  std::array<std::uint64_t, kReasonCount> refusals{};
  std::array<std::uint64_t, kCacheStateNames.size()> cached{};
  std::uint64_t would_refuse = 0;
  std::uint64_t request_bytes = 0;
  std::uint64_t response_bytes = 0;
  std::map<std::string, MergedVersion, std::less<>> versions;
};

struct Merged {
  std::int64_t connections = 0;
  std::uint64_t connections_total = 0;
  std::uint64_t connections_refused = 0;
  std::int64_t upstream_connections = 0;
  std::uint64_t upstream_reused = 0;
  std::array<std::uint64_t, kConnectResultCount> upstream_connects{};
  std::array<std::uint64_t, kHandshakeResultCount> handshakes{};
  std::array<std::uint64_t, kReasonCount> refusals{};  // without a route
  std::array<std::uint64_t, OverheadHistogram::kBuckets> overhead{};
  std::chrono::nanoseconds overhead_sum{};
  std::map<std::pair<std::string, std::string>, MergedRoute> routes;  // by namespace and name
};

Merged merge(const std::vector<std::unique_ptr<WorkerMetrics>>& workers);

}  // namespace mlgateway::observe
