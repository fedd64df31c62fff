#include "sidecar/base/rfc3339.hpp"

#include <array>
#include <chrono>
#include <cstdio>

namespace mlgateway {
namespace {

// "2024-02-29T12:34:56." of a second since the epoch.
std::string up_to_seconds(std::int64_t second) {
  const std::chrono::sys_seconds time{std::chrono::seconds{second}};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  std::array<char, 48> text{};
  const int size = std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.", static_cast<int>(date.year()),
                                 static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                                 static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                                 static_cast<int>(clock.seconds().count()));
  return {text.data(), static_cast<std::size_t>(size)};
}

void append_milliseconds(std::string& out, std::int64_t milliseconds) {
  const char digits[] = {static_cast<char>('0' + milliseconds / 100), static_cast<char>('0' + milliseconds / 10 % 10),
                         static_cast<char>('0' + milliseconds % 10), 'Z'};
  out.append(digits, sizeof digits);
}

std::int64_t milliseconds_since_epoch(WallTime time) {
  return std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

}  // namespace

void Rfc3339Clock::append(std::string& out, WallTime time) {
  const std::int64_t total = milliseconds_since_epoch(time);
  const std::int64_t second = total >= 0 ? total / 1000 : (total - 999) / 1000;
  if (second != second_ || text_.empty()) {
    second_ = second;
    text_ = up_to_seconds(second);
  }
  out += text_;
  append_milliseconds(out, total - second * 1000);
}

std::string rfc3339(WallTime time) {
  std::string text;
  Rfc3339Clock{}.append(text, time);
  return text;
}

}  // namespace mlgateway
