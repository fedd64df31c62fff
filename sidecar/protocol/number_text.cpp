#include "sidecar/protocol/number_text.hpp"

#include <algorithm>
#include <cstdint>

namespace mlgateway::protocol {
namespace {

using config::Millionths;

constexpr int kMillionthDigits = 6;
// Beyond it every number but zero is more than anything, or less than a millionth.
constexpr std::int64_t kFarExponent = 1'000'000'000'000;

// The digits without a point, and how many of them stand before it once the exponent is applied.
class Digits {
 public:
  explicit Digits(std::string_view number) {
    const std::size_t e = std::min(number.find_first_of("eE"), number.size());
    const std::string_view mantissa = number.substr(0, e);
    whole_ = mantissa.substr(0, mantissa.find('.'));
    if (whole_.size() < mantissa.size()) fraction_ = mantissa.substr(whole_.size() + 1);
    if (e < number.size()) exponent_ = exponent_of(number.substr(e + 1));
  }

  std::int64_t size() const { return static_cast<std::int64_t>(whole_.size() + fraction_.size()); }
  std::int64_t point() const { return static_cast<std::int64_t>(whole_.size()) + exponent_; }
  int operator[](std::int64_t at) const {
    const auto index = static_cast<std::size_t>(at);
    return (index < whole_.size() ? whole_[index] : fraction_[index - whole_.size()]) - '0';
  }
  std::int64_t first_not_zero() const {
    std::int64_t at = 0;
    while (at < size() && (*this)[at] == 0) ++at;
    return at;
  }

 private:
  static std::int64_t exponent_of(std::string_view text) {
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    std::int64_t exponent = 0;
    for (const char digit : text) exponent = std::min(exponent * 10 + (digit - '0'), kFarExponent);
    return negative ? -exponent : exponent;
  }

  std::string_view whole_;
  std::string_view fraction_;
  std::int64_t exponent_ = 0;
};

}  // namespace

std::optional<Millionths> millionths_of(std::string_view number, Millionths most) {
  const bool negative = number.starts_with('-');
  const Digits digits(number.substr(negative ? 1 : 0));
  const std::int64_t first = digits.first_not_zero();
  if (first == digits.size()) return 0;
  if (negative) return std::nullopt;
  // Digits before this one count millionths; what is behind them rounds up.
  const std::int64_t end = digits.point() + kMillionthDigits;
  Millionths value = 0;
  for (std::int64_t at = first; at < end && value <= most; ++at)
    value = value * 10 + (at < digits.size() ? digits[at] : 0);
  for (std::int64_t at = std::max<std::int64_t>(first, end); at < digits.size(); ++at) {
    if (digits[at] == 0) continue;
    ++value;
    break;
  }
  return std::min(value, most + 1);
}

}  // namespace mlgateway::protocol
