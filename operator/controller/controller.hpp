// The loop around a reconciler: takes keys from a queue, lets the reconciler look at each, and decides by its Outcome
// when to look again.
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "operator/api/object_key.hpp"
#include "operator/controller/metrics.hpp"
#include "operator/controller/outcome.hpp"
#include "operator/controller/work_queue.hpp"

namespace mlgateway::controller {

struct ControllerOptions {
  std::string name;  // a label of its metrics and its log lines
  int workers = 2;
  RetryOptions retry = {};
};

// Safe from any thread. Keys may be added before start(): nothing is done with them until then, as it must be before
// the informers are synced.
class Controller {
 public:
  // Makes the world of one key as it should be, from what is there and never from what happened. Called from several
  // threads, but never for one key at once. It ends soon after `stop`. What it throws counts as Failed.
  using Reconcile = std::function<Outcome(const api::ObjectKey& key, const std::stop_token& stop)>;

  // `registry` must outlive it, and so must what `reconcile` touches.
  Controller(ControllerOptions options, Reconcile reconcile, prometheus::Registry& registry);
  ~Controller();
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;

  WorkQueue& queue() { return queue_; }

  // Starts the workers; once.
  void start();
  // Asks the workers to end and waits until they have. Keys stay in the queue.
  void stop();

  // Reconciles one key that was taken, and decides what becomes of it.
  void handle(const Taken& taken, const std::stop_token& stop);

 private:
  void work(const std::stop_token& stop);
  Outcome reconcile(const api::ObjectKey& key, const std::stop_token& stop) const;
  void fail(const api::ObjectKey& key, const Failed& failed);

  const ControllerOptions options_;
  const Reconcile reconcile_;
  ControllerMetrics metrics_;
  WorkQueue queue_;
  std::vector<std::jthread> workers_;
};

}  // namespace mlgateway::controller
