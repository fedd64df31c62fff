#include "operator/controller/controller.hpp"

#include <chrono>
#include <exception>
#include <utility>
#include <variant>

#include "sidecar/base/log.hpp"

namespace mlgateway::controller {
namespace {

Instant now() { return std::chrono::steady_clock::now(); }

}  // namespace

Controller::Controller(ControllerOptions options, Reconcile reconcile, prometheus::Registry& registry)
    : options_(std::move(options)),
      reconcile_(std::move(reconcile)),
      metrics_(controller_metrics(registry, options_.name)),
      queue_(metrics_.queue, options_.retry) {}

Controller::~Controller() { stop(); }

void Controller::start() {
  metrics_.most_workers.Set(options_.workers);
  for (int i = 0; i < options_.workers; ++i) {
    workers_.emplace_back([this](const std::stop_token& stop) { work(stop); });
  }
}

void Controller::stop() {
  for (std::jthread& worker : workers_) worker.request_stop();
  workers_.clear();
}

void Controller::work(const std::stop_token& stop) {
  while (const auto taken = queue_.take(stop)) handle(*taken, stop);
}

// The whole retry policy.
void Controller::handle(const Taken& taken, const std::stop_token& stop) {
  const Instant started = now();
  metrics_.active_workers.Increment();
  const Outcome outcome = reconcile(taken.key, stop);
  metrics_.reconcile_seconds.Observe(std::chrono::duration<double>(now() - started).count());
  metrics_.active_workers.Decrement();
  switch (outcome.index()) {
    case kDone:
      metrics_.success.Increment();
      queue_.forget(taken.key);
      break;
    case kRetryAfter:
      metrics_.requeue_after.Increment();
      queue_.forget(taken.key);
      queue_.add_after(taken.key, std::get<RetryAfter>(outcome).wait);
      break;
    case kFailed: fail(taken.key, std::get<Failed>(outcome)); break;
  }
  queue_.done(taken, started);
}

void Controller::fail(const api::ObjectKey& key, const Failed& failed) {
  metrics_.error.Increment();
  metrics_.errors.Increment();
  log::warn("reconciliation failed",
            {{"controller", options_.name}, {"object", to_string(key)}, {"error", failed.error}});
  queue_.add_failed(key, failed.at_least);
}

Outcome Controller::reconcile(const api::ObjectKey& key, const std::stop_token& stop) const {
  try {
    return reconcile_(key, stop);
  } catch (const std::exception& error) {
    // A bug, or a library's surprise: one object's trouble must not end the others' worker.
    return Failed{error.what()};
  }
}

}  // namespace mlgateway::controller
