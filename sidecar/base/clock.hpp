// Time as decisions see it: always an argument, never a call inside one.
#pragma once

#include <chrono>

namespace mlgateway {

// For durations and deadlines; never goes back.
using Instant = std::chrono::steady_clock::time_point;
// For what is written down: expiry dates, log lines.
using WallTime = std::chrono::system_clock::time_point;

}  // namespace mlgateway
