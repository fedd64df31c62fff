// A rate with a burst, for requests of our own that must not flood the API server.
#pragma once

#include <chrono>

#include "sidecar/base/clock.hpp"

namespace mlgateway::kube {

// Time is an argument. For one thread at a time.
class TokenBucket {
 public:
  TokenBucket(double per_second, double burst) : per_second_(per_second), burst_(burst), tokens_(burst) {}

  // Takes a token that may still have to be made: how long to wait until it is there. Whoever comes later waits longer.
  std::chrono::nanoseconds reserve(Instant now);

  // Takes a token that is there; false: there is none, and nothing is taken.
  bool take(Instant now);

 private:
  void refill(Instant now);

  double per_second_;
  double burst_;
  double tokens_;  // below zero: promised
  Instant filled_{};
  bool started_ = false;
};

}  // namespace mlgateway::kube
