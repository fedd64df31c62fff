// A queue of keys for several workers; the rules are QueueState's.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <stop_token>

#include "operator/api/object_key.hpp"
#include "operator/controller/metrics.hpp"
#include "operator/controller/queue_state.hpp"

namespace mlgateway::controller {

// Safe from any thread. `metrics` must outlive it.
class WorkQueue {
 public:
  explicit WorkQueue(QueueMetrics& metrics, RetryOptions options = RetryOptions());

  void add(const api::ObjectKey& key);
  void add_after(const api::ObjectKey& key, std::chrono::milliseconds wait);
  void add_failed(const api::ObjectKey& key, std::chrono::milliseconds at_least = {});
  void forget(const api::ObjectKey& key);

  // Waits for a key that is due; each one got must be given back by `done`. None: `stop`.
  std::optional<Taken> take(const std::stop_token& stop);
  void done(const Taken& taken, Instant started);

  std::size_t depth() const;

 private:
  QueueMetrics& metrics_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  QueueState state_;
};

}  // namespace mlgateway::controller
