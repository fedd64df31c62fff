#include "operator/cluster/metrics.hpp"

#include <chrono>

namespace mlgateway::cluster {
namespace {

// A kubelet that is nudged shows a change after 0.2 to 0.4 s, one that is not within a minute or so.
const prometheus::Histogram::BucketBoundaries kSeconds{0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30, 60, 120};

}  // namespace

SidecarMetrics::SidecarMetrics(prometheus::Registry& registry)
    : sidecars_(prometheus::BuildGauge()
                    .Name("mlgateway_sidecars")
                    .Help("Sidecars that run what they should, are behind, or do not answer.")
                    .Register(registry)),
      current_(sidecars_.Add({{"state", "current"}})),
      behind_(sidecars_.Add({{"state", "behind"}})),
      silent_(sidecars_.Add({{"state", "silent"}})),
      acknowledge_(prometheus::BuildHistogram()
                       .Name("mlgateway_acknowledge_seconds")
                       .Help("From a configuration's being written to its being acknowledged by a sidecar.")
                       .Register(registry)
                       .Add({}, kSeconds)) {}

void SidecarMetrics::count(const ReportBook::Numbers& numbers) {
  current_.Set(numbers.current);
  behind_.Set(numbers.behind);
  silent_.Set(numbers.silent);
}

void SidecarMetrics::acknowledged(std::chrono::milliseconds took) {
  acknowledge_.Observe(std::chrono::duration<double>(took).count());
}

}  // namespace mlgateway::cluster
