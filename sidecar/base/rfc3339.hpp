// Instants as people and log collectors read them: RFC 3339, UTC, milliseconds.
#pragma once

#include <cstdint>
#include <string>

#include "sidecar/base/clock.hpp"

namespace mlgateway {

// "2024-02-29T12:34:56.789Z"; what is finer than a millisecond is cut off.
std::string rfc3339(WallTime time);

// The same, appended at the end of `out`, for writers of many lines: it remembers the last second and writes only the
// milliseconds anew. One per thread.
class Rfc3339Clock {
 public:
  void append(std::string& out, WallTime time);

 private:
  std::int64_t second_ = 0;
  std::string text_;  // "2024-02-29T12:34:56."
};

}  // namespace mlgateway
