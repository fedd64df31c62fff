#include "sidecar/observe/process.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <memory>
#include <string>

#include <dirent.h>
#include <unistd.h>

namespace mlgateway::observe {
namespace {

std::string read_whole(const char* path) {
  std::string text;
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path, "re"), &std::fclose);
  if (!file) return text;
  std::array<char, 4096> part{};
  while (const std::size_t size = std::fread(part.data(), 1, part.size(), file.get())) text.append(part.data(), size);
  return text;
}

std::uint64_t number(std::string_view text) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// Seconds since the epoch at which the machine started: the line "btime N" of /proc/stat.
std::uint64_t boot_time() {
  const std::string text = read_whole("/proc/stat");
  constexpr std::string_view kLabel = "\nbtime ";
  const std::size_t at = text.find(kLabel);
  return at == std::string::npos ? 0 : number(std::string_view(text).substr(at + kLabel.size()));
}

std::uint64_t count_open_fds() {
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(opendir("/proc/self/fd"), &closedir);
  if (!directory) return 0;
  std::uint64_t entries = 0;
  while (readdir(directory.get()) != nullptr) ++entries;
  constexpr std::uint64_t kNotOurs = 3;  // ".", "..", and the directory while it is read
  return entries > kNotOurs ? entries - kNotOurs : 0;
}

}  // namespace

std::optional<ProcessStat> parse_process_stat(std::string_view text) {
  // The second field is the program's name in parentheses and may itself hold blanks and parentheses.
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string_view::npos || name_end + 2 > text.size()) return std::nullopt;
  text.remove_prefix(name_end + 2);

  std::array<std::uint64_t, 22> fields{};  // from field 3 (state) to field 24 (rss) of proc(5)
  for (std::uint64_t& field : fields) {
    if (text.empty()) return std::nullopt;
    const std::size_t end = std::min(text.find(' '), text.size());
    field = number(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return ProcessStat{fields[14 - 3], fields[15 - 3], fields[22 - 3], fields[24 - 3]};
}

ProcessNumbers process_numbers() {
  ProcessNumbers numbers;
  numbers.open_fds = count_open_fds();
  const auto stat = parse_process_stat(read_whole("/proc/self/stat"));
  if (!stat) return numbers;
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  numbers.cpu_seconds = static_cast<double>(stat->user_ticks + stat->system_ticks) / ticks;
  numbers.resident_bytes = stat->resident_pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  numbers.start_time = static_cast<double>(boot_time()) + static_cast<double>(stat->start_ticks) / ticks;
  return numbers;
}

}  // namespace mlgateway::observe
