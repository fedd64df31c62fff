// Waiting for the end of a shared call on behalf of one caller, who may hang up or run out of time first.
#pragma once

#include <coroutine>
#include <memory>

#include "sidecar/cache/flights.hpp"
#include "sidecar/net/loop.hpp"
#include "sidecar/net/socket.hpp"

namespace mlgateway::gateway {

// Name it, join the flight with its participant(), then `co_await` it, on the caller's own loop and once.
class FlightWait {
 public:
  enum class Why { Landed, TimedOut, CallerGone };

  FlightWait(net::Socket& caller, Instant deadline);
  ~FlightWait();
  FlightWait(const FlightWait&) = delete;
  FlightWait& operator=(const FlightWait&) = delete;

  cache::Participant& participant() { return participant_; }

  bool await_ready() const noexcept { return over_; }
  void await_suspend(std::coroutine_handle<> waiter);
  Why await_resume() const noexcept { return why_; }

 private:
  // What other threads and later turns of the loop hold on to; `wait` is null once nobody waits any more. Looked at by
  // the loop's thread only.
  struct Line {
    FlightWait* wait = nullptr;
  };
  static void post(net::Loop& loop, const std::shared_ptr<Line>& line, Why why);
  void end(Why why);

  net::Socket& caller_;
  Instant deadline_;
  std::shared_ptr<Line> line_;
  cache::Participant participant_;
  net::Timer timer_;
  std::coroutine_handle<> waiter_;
  bool over_ = false;
  Why why_ = Why::Landed;
};

}  // namespace mlgateway::gateway
