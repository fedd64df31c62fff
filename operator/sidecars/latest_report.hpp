// The newest report that is worth a look: what runs at once, what was used once in a while.
#pragma once

#include <chrono>
#include <optional>

#include "operator/api/sidecar_report.hpp"

namespace mlgateway::sidecars {

// Use changes with every request; nobody reads status more often than this.
inline constexpr auto kBetweenUses = std::chrono::milliseconds(1000);

// Time is an argument. For one thread at a time.
class LatestReport {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // Whether `report` tells something new that is due; only then it is the one to be had.
  bool take(api::SidecarReport report, Time now);

  const std::optional<api::SidecarReport>& get() const { return latest_; }

 private:
  std::optional<api::SidecarReport> latest_;
  Time taken_;
};

}  // namespace mlgateway::sidecars
