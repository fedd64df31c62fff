#include "operator/controller/work_queue.hpp"

namespace mlgateway::controller {
namespace {

Instant now() { return std::chrono::steady_clock::now(); }

double seconds(std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); }

}  // namespace

WorkQueue::WorkQueue(QueueMetrics& metrics, RetryOptions options) : metrics_(metrics), state_(options) {}

void WorkQueue::add(const api::ObjectKey& key) {
  {
    const std::scoped_lock lock(mutex_);
    if (!state_.add(key, now())) return;
    metrics_.adds.Increment();
    metrics_.depth.Set(static_cast<double>(state_.depth()));
  }
  changed_.notify_one();
}

void WorkQueue::add_after(const api::ObjectKey& key, std::chrono::milliseconds wait) {
  {
    const std::scoped_lock lock(mutex_);
    state_.add_at(key, now() + wait);
  }
  changed_.notify_all();
}

void WorkQueue::add_failed(const api::ObjectKey& key, std::chrono::milliseconds at_least) {
  metrics_.retries.Increment();
  {
    const std::scoped_lock lock(mutex_);
    state_.add_failed(key, now(), at_least);
  }
  changed_.notify_all();
}

void WorkQueue::forget(const api::ObjectKey& key) {
  const std::scoped_lock lock(mutex_);
  state_.forget(key);
}

std::optional<Taken> WorkQueue::take(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    if (const auto taken = state_.take(now())) {
      metrics_.queue_seconds.Observe(seconds(now() - taken->added));
      metrics_.depth.Set(static_cast<double>(state_.depth()));
      // A delayed key that became due with this one has told nobody.
      if (state_.depth() > 0) changed_.notify_one();
      return taken;
    }
    const auto ready = [this] { return state_.depth() > 0; };
    const auto due = state_.next_due();
    // Another key may become the next one meanwhile: whoever adds it wakes us.
    if (due) {
      changed_.wait_until(lock, stop, *due, [&] { return ready() || state_.next_due() != due; });
    } else {
      changed_.wait(lock, stop, [&] { return ready() || state_.next_due().has_value(); });
    }
  }
  return std::nullopt;
}

void WorkQueue::done(const Taken& taken, Instant started) {
  {
    const std::scoped_lock lock(mutex_);
    state_.done(taken.key, now());
    metrics_.work_seconds.Observe(seconds(now() - started));
    metrics_.depth.Set(static_cast<double>(state_.depth()));
  }
  changed_.notify_one();
}

std::size_t WorkQueue::depth() const {
  const std::scoped_lock lock(mutex_);
  return state_.depth();
}

}  // namespace mlgateway::controller
