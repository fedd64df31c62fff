// What the operator tells of the sidecars.
#pragma once

#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include "operator/cluster/report_book.hpp"

namespace mlgateway::cluster {

// mlgateway_sidecars{state="current|behind|silent"} and mlgateway_acknowledge_seconds: from a configuration's being
// written to its being acknowledged, one observation for each sidecar. Safe from any thread.
class SidecarMetrics {
 public:
  // `registry` must outlive it.
  explicit SidecarMetrics(prometheus::Registry& registry);

  void count(const ReportBook::Numbers& numbers);
  void acknowledged(std::chrono::milliseconds took);

 private:
  prometheus::Family<prometheus::Gauge>& sidecars_;
  prometheus::Gauge& current_;
  prometheus::Gauge& behind_;
  prometheus::Gauge& silent_;
  prometheus::Histogram& acknowledge_;
};

}  // namespace mlgateway::cluster
