// What the kernel knows about this process, under the names that every Prometheus client library uses.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace mlgateway::observe {

struct ProcessNumbers {
  double cpu_seconds = 0;  // user and system, all threads
  std::uint64_t resident_bytes = 0;
  double start_time = 0;  // seconds since the epoch
  std::uint64_t open_fds = 0;
};

// Reads /proc; what cannot be read is 0.
ProcessNumbers process_numbers();

// The parts of /proc/self/stat that matter here, in clock ticks and pages; none when the text is not such a file.
struct ProcessStat {
  std::uint64_t user_ticks = 0;
  std::uint64_t system_ticks = 0;
  std::uint64_t start_ticks = 0;  // since boot
  std::uint64_t resident_pages = 0;
};
std::optional<ProcessStat> parse_process_stat(std::string_view text);

}  // namespace mlgateway::observe
