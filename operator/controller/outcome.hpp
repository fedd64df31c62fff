// What became of one reconciliation. The loop's switch on it (controller.cpp) is the whole retry policy.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <variant>

#include "sidecar/base/result.hpp"

namespace mlgateway::controller {

// Look again after this long, though nothing went wrong: a canary's next step, an expiry.
struct RetryAfter {
  std::chrono::milliseconds wait;
};

// Could not be done now; tried again with a growing wait.
struct Failed {
  std::string error;
  std::chrono::milliseconds at_least{0};  // what the server asked us to wait
};

// Done: as it should be, until something changes.
using Outcome = std::variant<Done, RetryAfter, Failed>;

// The places of the variant, for a switch.
inline constexpr std::size_t kDone = 0, kRetryAfter = 1, kFailed = 2;

}  // namespace mlgateway::controller
