// Which events are written and which are only counted: what repeats is one object with a growing count, and no object
// of the cluster can make a flood of them.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "operator/kube/event.hpp"
#include "operator/kube/requests.hpp"
#include "operator/kube/token_bucket.hpp"
#include "sidecar/base/clock.hpp"

namespace mlgateway::kube {

struct EventLimits {
  std::size_t most_series = 1000;  // remembered; the one that was quiet longest is forgotten
  double burst_per_object = 25;    // the legacy recorder's numbers: new events about one object
  double per_second_per_object = 1.0 / 300;
  std::chrono::seconds quiet{360};   // a repetition after this long is a new event
  std::chrono::seconds refresh{60};  // a count is written at most this often
};

// Pure: time is an argument. For one thread at a time.
class EventSeries {
 public:
  explicit EventSeries(Reporter reporter, EventLimits limits = EventLimits());

  // The requests that `event` makes due: its creation, or that a count is written; often none.
  std::vector<Request> note(const Event& event, Instant now, WallTime wall);

  // Counts that have not been written for `refresh`.
  std::vector<Request> due(Instant now);

  std::uint64_t dropped() const { return dropped_; }  // by the limits

 private:
  struct Series {
    std::string namespace_name;
    std::string name;
    std::uint64_t count = 1;
    std::uint64_t written = 1;
    std::string last_time;
    Instant last{};
    Instant written_at{};
  };

  Request creation(const Event& event, const Series& series, WallTime wall) const;
  static Request count(Series& series, Instant now);
  std::string next_name(const Event& event, WallTime wall);
  void make_room(Instant now);

  const Reporter reporter_;
  const EventLimits limits_;
  std::map<std::string, Series> series_;
  std::map<std::string, TokenBucket> per_object_;
  std::uint64_t names_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace mlgateway::kube
