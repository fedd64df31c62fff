// A drain that somebody asks for and waits for: the preStop hook of the model's container, at GET /drain.
//
// Kubernetes ends a model at once, and a native sidecar only after it (KEP-753). So who ends the model has to wait
// until nothing is under way any more. The same hook runs where the model alone is restarted, by a probe for instance:
// this drain is therefore taken back after its longest time, unless the process has been told to end by then.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

#include "sidecar/base/clock.hpp"

namespace mlgateway::server {

class Recess {
 public:
  // While it lasts `draining` is true: for `delay`, as long as the network may go on sending, and `timeout` for what
  // runs then. `draining` must outlive it.
  Recess(std::atomic<bool>& draining, std::chrono::milliseconds delay, std::chrono::milliseconds timeout);

  // Begins it; or lets one that lasts begin anew, for who asked last. From any thread.
  void begin(Instant now);

  // Whether who asked may go on: the delay is over and nothing is in flight, or it has taken its longest. From any
  // thread.
  bool over(Instant now, std::int64_t in_flight) const;

  // From now on nothing is taken back: the process ends.
  void keep();

 private:
  void take_back(const std::stop_token& stop);

  std::atomic<bool>& draining_;
  const std::chrono::milliseconds delay_;
  const std::chrono::milliseconds longest_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  Instant began_{};  // guarded by mutex_, as all below
  bool kept_ = false;
  std::jthread thread_;  // while one lasts, or has ended and none has begun since
  bool lasts_ = false;
};

}  // namespace mlgateway::server
