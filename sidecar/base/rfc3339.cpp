#include "sidecar/base/rfc3339.hpp"

#include <chrono>
#include <cstring>

namespace mlgateway {
namespace {

void write_two(char* out, unsigned number) {
  out[0] = static_cast<char>('0' + number / 10 % 10);
  out[1] = static_cast<char>('0' + number % 10);
}

// Over "yyyy-mm-ddThh:mm:ss.", for a second since the epoch. The clock's range (1677 to 2262) keeps years at four
// digits.
void write_up_to_seconds(char* out, std::chrono::seconds second) {
  const std::chrono::sys_seconds time{second};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  const auto year = static_cast<unsigned>(static_cast<int>(date.year()));
  write_two(out, year / 100);
  write_two(out + 2, year);
  write_two(out + 5, static_cast<unsigned>(date.month()));
  write_two(out + 8, static_cast<unsigned>(date.day()));
  write_two(out + 11, static_cast<unsigned>(clock.hours().count()));
  write_two(out + 14, static_cast<unsigned>(clock.minutes().count()));
  write_two(out + 17, static_cast<unsigned>(clock.seconds().count()));
}

}  // namespace

void Rfc3339Clock::write(char* out, WallTime time) {
  const auto second = std::chrono::floor<std::chrono::seconds>(time.time_since_epoch());
  const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch() - second).count();
  if (second != second_) {
    second_ = second;
    write_up_to_seconds(text_.data(), second);
  }
  constexpr std::size_t kSeconds = std::tuple_size_v<decltype(text_)>;
  std::memcpy(out, text_.data(), kSeconds);
  out[kSeconds] = static_cast<char>('0' + milliseconds / 100);
  write_two(out + kSeconds + 1, static_cast<unsigned>(milliseconds));
  out[kSeconds + 3] = 'Z';
}

std::string rfc3339(WallTime time) {
  std::string text(Rfc3339Clock::kSize, '\0');
  Rfc3339Clock{}.write(text.data(), time);
  return text;
}

}  // namespace mlgateway
