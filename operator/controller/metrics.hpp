// What a controller tells of itself, in controller-runtime's names, so that dashboards made for it show ours.
#pragma once

#include <string>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

namespace mlgateway::controller {

// One queue's: workqueue_depth, workqueue_adds_total, workqueue_retries_total, workqueue_queue_duration_seconds,
// workqueue_work_duration_seconds, each {name="…",controller="…"}.
struct QueueMetrics {
  prometheus::Gauge& depth;
  prometheus::Counter& adds;
  prometheus::Counter& retries;
  prometheus::Histogram& queue_seconds;
  prometheus::Histogram& work_seconds;
};

// One controller's: controller_runtime_reconcile_total{controller,result="success|requeue_after|error"},
// controller_runtime_reconcile_errors_total, controller_runtime_reconcile_time_seconds,
// controller_runtime_active_workers, controller_runtime_max_concurrent_reconciles.
struct ControllerMetrics {
  QueueMetrics queue;
  prometheus::Counter& success;
  prometheus::Counter& requeue_after;
  prometheus::Counter& error;
  prometheus::Counter& errors;
  prometheus::Histogram& reconcile_seconds;
  prometheus::Gauge& active_workers;
  prometheus::Gauge& most_workers;
};

// Registers them under the controller's name; `registry` must outlive what it returns.
ControllerMetrics controller_metrics(prometheus::Registry& registry, const std::string& controller);

}  // namespace mlgateway::controller
