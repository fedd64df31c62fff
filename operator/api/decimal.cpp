#include "operator/api/decimal.hpp"

#include <algorithm>
#include <cstddef>

namespace mlgateway::api {
namespace {

constexpr std::size_t kMostWhole = 12;  // with six more digits still within 63 bits
constexpr std::size_t kFraction = 6;

bool is_digits(std::string_view text, std::size_t most) {
  return !text.empty() && text.size() <= most &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::optional<config::Millionths> parse_decimal(std::string_view text) {
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction = text.substr(std::min(point + 1, text.size()));
  if (!is_digits(whole, kMostWhole)) return std::nullopt;
  if (point != text.size() && !is_digits(fraction, kFraction)) return std::nullopt;
  config::Millionths number = 0;
  for (const char digit : whole) number = number * 10 + (digit - '0');
  for (std::size_t i = 0; i < kFraction; ++i) number = number * 10 + (i < fraction.size() ? fraction[i] - '0' : 0);
  return number;
}

}  // namespace mlgateway::api
