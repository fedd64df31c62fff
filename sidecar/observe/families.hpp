// Building blocks of an exposition: counters, gauges and histograms as prometheus-cpp's text serializer takes them.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <prometheus/metric_family.h>

#include "sidecar/observe/counter.hpp"

namespace mlgateway::observe {

using Labels = std::vector<prometheus::ClientMetric::Label>;

// Families without metrics yet.
prometheus::MetricFamily counters(std::string name, std::string help);
prometheus::MetricFamily gauges(std::string name, std::string help);
prometheus::MetricFamily histograms(std::string name, std::string help);

void add_counter(prometheus::MetricFamily& family, Labels labels, double value);
void add_gauge(prometheus::MetricFamily& family, Labels labels, double value);

// Families of exactly one metric without labels.
prometheus::MetricFamily single_counter(std::string name, std::string help, double value);
prometheus::MetricFamily single_gauge(std::string name, std::string help, double value);

inline double seconds(std::chrono::nanoseconds duration) { return static_cast<double>(duration.count()) / 1e9; }

// `counts` has one more than `bounds`: what lies above them all. The serializer writes the bucket "+Inf" itself.
template <std::size_t N, std::size_t M>
void add_histogram(prometheus::MetricFamily& family, Labels labels, const Bounds<N>& bounds,
                   const std::array<std::uint64_t, M>& counts, std::chrono::nanoseconds sum) {
  static_assert(M == N + 1);
  prometheus::ClientMetric& metric = family.metric.emplace_back();
  metric.label = std::move(labels);
  std::uint64_t cumulative = 0;
  for (std::size_t i = 0; i < N; ++i) {
    cumulative += counts[i];
    metric.histogram.bucket.push_back({cumulative, seconds(bounds[i])});
  }
  metric.histogram.sample_count = cumulative + counts[N];
  metric.histogram.sample_sum = seconds(sum);
}

}  // namespace mlgateway::observe
