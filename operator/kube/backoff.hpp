// How long to wait after a failure: exponential with jitter and a cap, forgotten after a time without failures.
#pragma once

#include <chrono>

#include "sidecar/base/clock.hpp"

namespace mlgateway::kube {

// The numbers are client-go's, so that a server in trouble meets the load that it knows.
struct BackoffOptions {
  std::chrono::milliseconds first{800};
  std::chrono::milliseconds most{30'000};
  std::chrono::milliseconds forget{120'000};  // after this long without a failure the first wait is `first` again
};

class Backoff {
 public:
  explicit Backoff(BackoffOptions options = BackoffOptions()) : options_(options) {}

  // The wait after a failure at `now`: between once and twice the doubled base, `most` at most. `random` is in [0, 1).
  std::chrono::milliseconds next(Instant now, double random);

 private:
  BackoffOptions options_;
  std::chrono::milliseconds base_{0};
  Instant failed_{};
};

}  // namespace mlgateway::kube
