#include "operator/local/yaml_scalar.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string_view>

#include <nlohmann/json.hpp>

namespace mlgateway::local {
namespace {

using Json = nlohmann::json;

template <std::size_t N>
bool one_of(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

constexpr std::array<std::string_view, 5> kNull = {"", "~", "null", "Null", "NULL"};
constexpr std::array<std::string_view, 11> kTrue = {"y",    "Y",    "yes", "Yes", "YES", "true",
                                                    "True", "TRUE", "on",  "On",  "ON"};
constexpr std::array<std::string_view, 11> kFalse = {"n",     "N",     "no",  "No",  "NO", "false",
                                                     "False", "FALSE", "off", "Off", "OFF"};
constexpr std::array<std::string_view, 12> kNotJson = {".inf",  ".Inf",  ".INF",  "+.inf", "+.Inf", "+.INF",
                                                       "-.inf", "-.Inf", "-.INF", ".nan",  ".NaN",  ".NAN"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The base that a number's prefix says, without it.
int take_base(std::string_view& digits) {
  const auto prefixed = [&](char letter) {
    return digits.size() > 2 && digits[0] == '0' && (digits[1] | 0x20) == letter;
  };
  const int base = prefixed('x') ? 16 : prefixed('o') ? 8 : prefixed('b') ? 2 : 10;
  if (base != 10) return digits.remove_prefix(2), base;
  if (digits.size() > 1 && digits[0] == '0') return digits.remove_prefix(1), 8;
  return 10;
}

std::optional<Json> as_integer(std::string_view text) {
  const bool negative = text.front() == '-';
  if (text.front() == '-' || text.front() == '+') text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  const int base = take_base(text);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (!negative) return number <= INT64_MAX ? Json(static_cast<std::int64_t>(number)) : Json(number);
  if (number > static_cast<std::uint64_t>(INT64_MAX)) return std::nullopt;
  return Json(-static_cast<std::int64_t>(number));
}

// [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?
bool is_float(std::string_view text) {
  std::size_t at = text.front() == '-' || text.front() == '+' ? 1 : 0;
  const auto digits = [&] {
    const std::size_t from = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return at - from;
  };
  const std::size_t whole = digits();
  std::size_t fraction = 0;
  if (at < text.size() && text[at] == '.') {
    ++at;
    fraction = digits();
  }
  if (whole + fraction == 0) return false;
  if (at < text.size() && (text[at] | 0x20) == 'e') {
    ++at;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    if (digits() == 0) return false;
  }
  return at == text.size();
}

std::optional<Json> as_float(std::string_view text) {
  if (!is_float(text)) return std::nullopt;
  if (text.front() == '+') text.remove_prefix(1);
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  // JSON does not tell 5.0 from 5, so neither does Kubernetes.
  if (std::floor(number) == number && std::abs(number) < 9e15) return Json(static_cast<std::int64_t>(number));
  return Json(number);
}

}  // namespace

std::optional<Json> resolve_plain_scalar(const std::string& text) {
  if (one_of(text, kNull)) return Json(nullptr);
  if (one_of(text, kTrue)) return Json(true);
  if (one_of(text, kFalse)) return Json(false);
  if (one_of(text, kNotJson)) return std::nullopt;
  const char first = text.front();
  if (!is_digit(first) && first != '-' && first != '+' && first != '.') return Json(text);
  std::string plain = text;
  std::erase(plain, '_');
  if (plain.empty()) return Json(text);
  if (auto integer = as_integer(plain)) return integer;
  if (auto number = as_float(plain)) return number;
  return Json(text);
}

}  // namespace mlgateway::local
