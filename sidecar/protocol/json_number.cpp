// Numbers: their grammar, and the range of them that we take.
#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>

#include "sidecar/http/character.hpp"
#include "sidecar/protocol/json_token.hpp"

namespace mlgateway::protocol {
namespace {

using http::is_digit;

// Digits that any 64-bit integer can have, and that no double can have too many of before its point.
constexpr std::ptrdiff_t kSafeDigits = 18;
constexpr std::ptrdiff_t kSafeWhole = 300;
// Exponents are compared, not computed with; beyond it they are all alike.
constexpr std::int64_t kFarExponent = 1'000'000'000'000;

const char* skip_digits(const char* at, const char* end) {
  while (end - at >= 8) {
    if (const std::uint64_t stops = word_scan::no_digit(word_scan::load(at))) return at + word_scan::first_of(stops);
    at += 8;
  }
  while (at != end && is_digit(*at)) ++at;
  return at;
}

bool is_integer_of_64_bits(std::string_view number) {
  std::int64_t below_zero = 0;
  std::uint64_t from_zero = 0;
  const char* const end = number.data() + number.size();
  const auto read = number.front() == '-' ? std::from_chars(number.data(), end, below_zero)
                                          : std::from_chars(number.data(), end, from_zero);
  return read.ec == std::errc();
}

// What is too small for a double is zero; what is too large is refused. from_chars says the same of both, so the power
// of ten of the first digit that is not zero decides.
bool is_finite(std::string_view number) {
  double value = 0;
  if (std::from_chars(number.data(), number.data() + number.size(), value).ec == std::errc()) return true;
  const std::size_t e = std::min(number.find_first_of("eE"), number.size());
  const std::string_view mantissa = number.substr(0, e);
  const std::size_t first = mantissa.find_first_of("123456789");
  if (first == std::string_view::npos || e == number.size()) return first == std::string_view::npos;
  const auto point = static_cast<std::int64_t>(std::min(mantissa.find('.'), mantissa.size()));
  const bool negative = number[e + 1] == '-';
  std::int64_t exponent = 0;
  for (const char digit : number.substr(e + 1)) {
    if (is_digit(digit)) exponent = std::min(exponent * 10 + (digit - '0'), kFarExponent);
  }
  return (negative ? -exponent : exponent) + point - static_cast<std::int64_t>(first) < 0;
}

}  // namespace

const char* skip_json_number(const char* at, const char* end) {
  const char* const begin = at;
  if (at != end && *at == '-') ++at;
  const char* const digits = at;
  at = skip_digits(at, end);
  if (at == digits || (*digits == '0' && at - digits > 1)) return nullptr;
  bool integer = true, exponent = false;
  const std::ptrdiff_t whole = at - digits;
  if (at != end && *at == '.') {
    integer = false;
    const char* const fraction = ++at;
    at = skip_digits(at, end);
    if (at == fraction) return nullptr;
  }
  if (at != end && (*at == 'e' || *at == 'E')) {
    integer = false;
    exponent = true;
    ++at;
    if (at != end && (*at == '+' || *at == '-')) ++at;
    const char* const power = at;
    at = skip_digits(at, end);
    if (at == power) return nullptr;
  }
  if (whole <= (integer ? kSafeDigits : kSafeWhole) && !exponent) return at;
  const std::string_view number(begin, static_cast<std::size_t>(at - begin));
  return (integer ? is_integer_of_64_bits(number) : is_finite(number)) ? at : nullptr;
}

}  // namespace mlgateway::protocol
