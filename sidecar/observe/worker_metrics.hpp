// What one worker counts. Written by that worker's thread alone, read at any time by the scraping thread.
//
// Series are looked up when a configuration is taken into force, not per request: keep the references. They stay valid
// for the life of the WorkerMetrics, and a route or version that comes back after a reload continues its old numbers.
// A route that vanished keeps its series, as counters must; what that can cost is bounded by kMaxSeries, beyond which
// everything new is counted under the labels "other".
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "sidecar/base/reason.hpp"
#include "sidecar/observe/cache_state.hpp"
#include "sidecar/observe/counter.hpp"

namespace mlgateway::observe {

// Routes and versions together, per worker; a version is about 4.5 KB.
inline constexpr std::size_t kMaxSeries = 10000;

// The requests that one version of a route answered, or should have.
class VersionSeries {
 public:
  // Once per exchange for which this version was chosen, at its end and whoever wrote the answer: 200 from the model as
  // well as our own 504. Statuses outside 100..599 are counted together.
  void record(int status, std::chrono::nanoseconds total, std::uint64_t request_bytes, std::uint64_t response_bytes) {
    codes_[slot(status)].add();
    durations_.record(total);
    request_bytes_.add(request_bytes);
    response_bytes_.add(response_bytes);
  }

  Counter cost;     // what its requests were charged, in millionths
  Gauge in_flight;  // add() when the version is chosen, sub() with the last byte of the answer

  // For the scrape. Slot 0 holds what is no HTTP status.
  static constexpr std::size_t kSlots = 501;
  static std::size_t slot(int status) {
    return status >= 100 && status < 600 ? static_cast<std::size_t>(status - 99) : 0;
  }
  static int status_at(std::size_t slot) { return slot == 0 ? 0 : static_cast<int>(slot) + 99; }
  std::uint64_t answers(std::size_t slot) const { return codes_[slot].value(); }
  const DurationHistogram& durations() const { return durations_; }
  std::uint64_t request_bytes() const { return request_bytes_.value(); }
  std::uint64_t response_bytes() const { return response_bytes_.value(); }

 private:
  std::array<Counter, kSlots> codes_;
  DurationHistogram durations_;
  Counter request_bytes_;
  Counter response_bytes_;
};

class WorkerMetrics;

// A route's refusals (requests that no model saw) and its versions.
class RouteSeries {
 public:
  explicit RouteSeries(WorkerMetrics& owner) : owner_(owner) {}
  RouteSeries(const RouteSeries&) = delete;
  RouteSeries& operator=(const RouteSeries&) = delete;

  void refused(Reason reason) { refusals_[static_cast<std::size_t>(reason)].add(); }
  Counter would_refuse;  // requests that a dry run of authorization would have refused
  // Once per request of a route that has a cache.
  void cached(CacheState state) { cached_[static_cast<std::size_t>(state)].add(); }

  // Finds or creates; takes the worker's lock. For installing a configuration, never per request.
  VersionSeries& version(std::string_view name);

  std::uint64_t refusals(Reason reason) const { return refusals_[static_cast<std::size_t>(reason)].value(); }
  std::uint64_t cached_as(CacheState state) const { return cached_[static_cast<std::size_t>(state)].value(); }

 private:
  friend class WorkerMetrics;
  std::array<Counter, kReasonCount> refusals_;
  std::array<Counter, kCacheStateNames.size()> cached_;
  WorkerMetrics& owner_;
  std::map<std::string, std::unique_ptr<VersionSeries>, std::less<>> versions_;  // guarded by the owner's lock
};

enum class ConnectResult : std::uint8_t { Success, Failure, Timeout };
inline constexpr std::size_t kConnectResultCount = 3;

enum class HandshakeResult : std::uint8_t { Success, Resumed, Error };
inline constexpr std::size_t kHandshakeResultCount = 3;

class alignas(64) WorkerMetrics {
 public:
  explicit WorkerMetrics(std::size_t max_series = kMaxSeries);
  WorkerMetrics(const WorkerMetrics&) = delete;
  WorkerMetrics& operator=(const WorkerMetrics&) = delete;

  Gauge connections;            // callers' connections open now
  Counter connections_total;    // accepted since the start
  Counter connections_refused;  // turned away at the limit
  Gauge upstream_connections;   // to models: idle and in use
  Counter upstream_reused;      // exchanges that found an idle connection
  OverheadHistogram overhead;   // an exchange's time less the time spent waiting for the model

  void upstream_connect(ConnectResult result) { connects_[static_cast<std::size_t>(result)].add(); }
  void handshake(HandshakeResult result) { handshakes_[static_cast<std::size_t>(result)].add(); }
  // A refusal before any route was known.
  void refused(Reason reason) { refusals_[static_cast<std::size_t>(reason)].add(); }

  // Finds or creates; takes a lock that only the scrape shares. For installing a configuration, never per request.
  RouteSeries& route(std::string_view namespace_name, std::string_view route);

  std::uint64_t upstream_connects(ConnectResult result) const {
    return connects_[static_cast<std::size_t>(result)].value();
  }
  std::uint64_t handshakes(HandshakeResult result) const {
    return handshakes_[static_cast<std::size_t>(result)].value();
  }
  std::uint64_t refusals(Reason reason) const { return refusals_[static_cast<std::size_t>(reason)].value(); }

  // For the scrape: every route, in the order of namespace and name, under the lock. `visit(namespace, name, series)`
  // must not ask this WorkerMetrics for series.
  using RouteVisitor = std::function<void(std::string_view, std::string_view, const RouteSeries&)>;
  using VersionVisitor = std::function<void(std::string_view, const VersionSeries&)>;
  void visit_routes(const RouteVisitor& visit) const;
  // Within visit_routes only.
  static void visit_versions(const RouteSeries& route, const VersionVisitor& visit);
  // The numbers of one version; nullptr when there never was one of that name.
  const VersionSeries* find(std::string_view namespace_name, std::string_view route, std::string_view version) const;

 private:
  friend class RouteSeries;
  using RouteKey = std::pair<std::string, std::string>;
  VersionSeries& version_of(RouteSeries& route, std::string_view name);

  std::array<Counter, kConnectResultCount> connects_;
  std::array<Counter, kHandshakeResultCount> handshakes_;
  std::array<Counter, kReasonCount> refusals_;

  mutable std::mutex mutex_;  // guards the maps' shape, never the numbers
  const std::size_t max_series_;
  std::size_t series_ = 0;
  std::map<RouteKey, std::unique_ptr<RouteSeries>> routes_;
  RouteSeries overflow_;
};

}  // namespace mlgateway::observe
