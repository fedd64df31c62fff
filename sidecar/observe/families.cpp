#include "sidecar/observe/families.hpp"

namespace mlgateway::observe {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

MetricFamily counters(std::string name, std::string help) {
  return {std::move(name), std::move(help), MetricType::Counter, {}};
}

MetricFamily gauges(std::string name, std::string help) {
  return {std::move(name), std::move(help), MetricType::Gauge, {}};
}

MetricFamily histograms(std::string name, std::string help) {
  return {std::move(name), std::move(help), MetricType::Histogram, {}};
}

void add_counter(MetricFamily& family, Labels labels, double value) {
  ClientMetric& metric = family.metric.emplace_back();
  metric.label = std::move(labels);
  metric.counter.value = value;
}

void add_gauge(MetricFamily& family, Labels labels, double value) {
  ClientMetric& metric = family.metric.emplace_back();
  metric.label = std::move(labels);
  metric.gauge.value = value;
}

MetricFamily single_counter(std::string name, std::string help, double value) {
  MetricFamily family = counters(std::move(name), std::move(help));
  add_counter(family, {}, value);
  return family;
}

MetricFamily single_gauge(std::string name, std::string help, double value) {
  MetricFamily family = gauges(std::move(name), std::move(help));
  add_gauge(family, {}, value);
  return family;
}

}  // namespace mlgateway::observe
