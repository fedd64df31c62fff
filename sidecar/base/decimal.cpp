#include "sidecar/base/decimal.hpp"

#include <charconv>

namespace mlgateway {
namespace {

constexpr std::uint64_t kMillion = 1'000'000;

}  // namespace

char* write_decimal(char* out, std::int64_t millionths) {
  auto magnitude = static_cast<std::uint64_t>(millionths);
  if (millionths < 0) {
    *out++ = '-';
    magnitude = 0 - magnitude;
  }
  out = std::to_chars(out, out + kMaxDecimal - 1, magnitude / kMillion).ptr;
  std::uint64_t rest = magnitude % kMillion;
  if (rest == 0) return out;
  *out++ = '.';
  for (std::uint64_t place = kMillion / 10; rest != 0; place /= 10) {
    *out++ = static_cast<char>('0' + rest / place);
    rest %= place;
  }
  return out;
}

std::string decimal_text(std::int64_t millionths) {
  char text[kMaxDecimal];
  return {text, write_decimal(text, millionths)};
}

}  // namespace mlgateway
