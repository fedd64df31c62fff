// Instants as people and log collectors read them: RFC 3339, UTC, milliseconds.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <string>

#include "sidecar/base/clock.hpp"

namespace mlgateway {

// "2024-02-29T12:34:56.789Z"; what is finer than a millisecond is cut off.
std::string rfc3339(WallTime time);

// The same for writers of many lines: it remembers the last second and writes only the milliseconds anew.
// One per thread.
class Rfc3339Clock {
 public:
  static constexpr std::size_t kSize = 24;

  // Writes exactly kSize characters.
  void write(char* out, WallTime time);

 private:
  std::chrono::seconds second_{0};
  std::array<char, 20> text_{'1', '9', '7', '0', '-', '0', '1', '-', '0', '1',
                             'T', '0', '0', ':', '0', '0', ':', '0', '0', '.'};  // of second_
};

}  // namespace mlgateway
