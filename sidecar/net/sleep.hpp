// Waiting for time to pass, as a coroutine.
#pragma once

#include <coroutine>

#include "sidecar/net/loop.hpp"

namespace mlgateway::net {

// `co_await` a named one. Wakes at `due` or up to a tick later.
class Sleep {
 public:
  Sleep(Loop& loop, Instant due) : loop_(loop), due_(due) {}
  bool await_ready() const { return loop_.now() >= due_; }
  void await_suspend(std::coroutine_handle<> waiter) {
    waiter_ = waiter;
    timer_.context = this;
    timer_.fire = [](void* self) { static_cast<Sleep*>(self)->waiter_.resume(); };
    loop_.timers().arm(timer_, due_);
  }
  void await_resume() const {}

 private:
  Loop& loop_;
  Instant due_;
  std::coroutine_handle<> waiter_;
  Timer timer_;
};

}  // namespace mlgateway::net
