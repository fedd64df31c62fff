#include "operator/controller/metrics.hpp"

#include <map>

namespace mlgateway::controller {
namespace {

using prometheus::Histogram;
using prometheus::Registry;
using Labels = std::map<std::string, std::string>;

// client-go's: powers of ten from ten nanoseconds.
const Histogram::BucketBoundaries kQueueBuckets{1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 10, 100, 1000};
// controller-runtime's.
const Histogram::BucketBoundaries kReconcileBuckets{
    0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1,  1.25, 1.5,
    1.75,  2,    2.5,   3,    3.5, 4,    4.5, 5,    6,   7,    8,   9,    10,  15,  20,  25,  30,  40, 50,   60};

prometheus::Counter& counter(Registry& registry, const char* name, const char* help, const Labels& labels) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add(labels);
}

prometheus::Gauge& gauge(Registry& registry, const char* name, const char* help, const Labels& labels) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add(labels);
}

Histogram& histogram(Registry& registry, const char* name, const char* help, const Labels& labels,
                     const Histogram::BucketBoundaries& buckets) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(registry).Add(labels, buckets);
}

QueueMetrics queue_metrics(Registry& registry, const std::string& controller) {
  const Labels labels{{"name", controller}, {"controller", controller}};
  return {
      gauge(registry, "workqueue_depth", "Keys that are due and not yet worked on", labels),
      counter(registry, "workqueue_adds_total", "Keys that became due", labels),
      counter(registry, "workqueue_retries_total", "Keys that were put back after a failure", labels),
      histogram(registry, "workqueue_queue_duration_seconds", "How long keys were due before somebody worked on them",
                labels, kQueueBuckets),
      histogram(registry, "workqueue_work_duration_seconds", "How long keys were worked on", labels, kQueueBuckets),
  };
}

prometheus::Counter& result(Registry& registry, const std::string& controller, const char* word) {
  return counter(registry, "controller_runtime_reconcile_total", "Reconciliations by what became of them",
                 {{"controller", controller}, {"result", word}});
}

}  // namespace

ControllerMetrics controller_metrics(Registry& registry, const std::string& controller) {
  const Labels labels{{"controller", controller}};
  return {
      queue_metrics(registry, controller),
      result(registry, controller, "success"),
      result(registry, controller, "requeue_after"),
      result(registry, controller, "error"),
      counter(registry, "controller_runtime_reconcile_errors_total", "Reconciliations that failed", labels),
      histogram(registry, "controller_runtime_reconcile_time_seconds", "How long reconciliations took", labels,
                kReconcileBuckets),
      gauge(registry, "controller_runtime_active_workers", "Workers that reconcile now", labels),
      gauge(registry, "controller_runtime_max_concurrent_reconciles", "Workers there are", labels),
  };
}

}  // namespace mlgateway::controller
