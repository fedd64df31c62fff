// What one thread waits for and another brings. Shared, since the waiting one may give up first.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

#include "operator/kube/reply.hpp"
#include "sidecar/base/clock.hpp"

namespace mlgateway::kube {

// Safe from any thread.
template <class T>
class Arrival {
 public:
  void bring(Reply<T> reply) {
    {
      const std::scoped_lock lock(mutex_);
      reply_.emplace(std::move(reply));
    }
    arrived_.notify_all();
  }

  // None: `deadline` or `stop` came first.
  std::optional<Reply<T>> wait(Instant deadline, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    if (!arrived_.wait_until(lock, stop, deadline, [this] { return reply_.has_value(); })) return std::nullopt;
    return std::exchange(reply_, std::nullopt);
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any arrived_;
  std::optional<Reply<T>> reply_;
};

}  // namespace mlgateway::kube
