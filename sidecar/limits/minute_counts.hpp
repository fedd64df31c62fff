// How often something happened in the last hour, counted by the minute: the current minute and the 59 before it.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>

#include "sidecar/base/clock.hpp"

namespace mlgateway::limits {

class MinuteCounts {
 public:
  // `now` must not go back from call to call.
  void add(Instant now) {
    const std::int64_t minute = minute_of(now);
    latest_ = std::max(latest_, minute - kMinutes);
    while (latest_ < minute) counts_[index(++latest_)] = 0;
    ++counts_[index(minute)];
  }

  std::uint64_t sum(Instant now) const {
    std::uint64_t total = 0;
    for (std::int64_t minute = minute_of(now) - kMinutes + 1; minute <= latest_; ++minute) {
      if (minute > latest_ - kMinutes) total += counts_[index(minute)];
    }
    return total;
  }

 private:
  static constexpr std::int64_t kMinutes = 60;

  static std::int64_t minute_of(Instant now) {
    return std::chrono::floor<std::chrono::minutes>(now.time_since_epoch()).count();
  }
  static std::size_t index(std::int64_t minute) {
    return static_cast<std::size_t>((minute % kMinutes + kMinutes) % kMinutes);
  }

  std::array<std::uint32_t, kMinutes> counts_{};
  std::int64_t latest_ = 0;
};

}  // namespace mlgateway::limits
