#include "operator/api/duration.hpp"

#include <cstddef>
#include <cstdint>

namespace mlgateway::api {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes NUMBER off the front; none without digits or with more than five.
std::optional<std::int64_t> take_number(std::string_view& text) {
  std::int64_t number = 0;
  std::size_t digits = 0;
  while (digits < text.size() && is_digit(text[digits])) number = number * 10 + (text[digits++] - '0');
  if (digits == 0 || digits > 5) return std::nullopt;
  text.remove_prefix(digits);
  return number;
}

// Takes the unit off the front: how many milliseconds it is, 0 for no unit.
std::int64_t take_unit(std::string_view& text) {
  const std::size_t length = text.starts_with("ms") ? 2 : 1;
  if (text.empty()) return 0;
  const char first = text.front();
  text.remove_prefix(length);
  if (length == 2) return 1;
  if (first == 's') return 1000;
  if (first == 'm') return 60'000;
  return first == 'h' ? 3'600'000 : 0;
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  std::int64_t total = 0;
  for (int part = 0; part < 4 && (part == 0 || !text.empty()); ++part) {
    const auto number = take_number(text);
    if (!number) return std::nullopt;
    const std::int64_t unit = take_unit(text);
    if (unit == 0) return std::nullopt;
    total += *number * unit;
  }
  if (!text.empty()) return std::nullopt;
  return std::chrono::milliseconds(total);
}

}  // namespace mlgateway::api
