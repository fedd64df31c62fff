#include "operator/api/quantity.hpp"

#include <array>
#include <cstddef>
#include <limits>

namespace mlgateway::api {
namespace {

struct Suffix {
  std::string_view text;
  std::int64_t factor;
};

constexpr std::array<Suffix, 9> kSuffixes = {{{"", 1},
                                              {"k", 1'000},
                                              {"M", 1'000'000},
                                              {"G", 1'000'000'000},
                                              {"T", 1'000'000'000'000},
                                              {"Ki", 1LL << 10},
                                              {"Mi", 1LL << 20},
                                              {"Gi", 1LL << 30},
                                              {"Ti", 1LL << 40}}};

}  // namespace

std::optional<std::int64_t> parse_quantity(std::string_view text) {
  std::int64_t number = 0;
  std::size_t digits = 0;
  while (digits < text.size() && digits <= 16 && text[digits] >= '0' && text[digits] <= '9') {
    number = number * 10 + (text[digits++] - '0');
  }
  if (digits == 0 || digits > 16) return std::nullopt;
  for (const Suffix& suffix : kSuffixes) {
    if (text.substr(digits) != suffix.text) continue;
    if (number > std::numeric_limits<std::int64_t>::max() / suffix.factor) return std::nullopt;
    return number * suffix.factor;
  }
  return std::nullopt;
}

}  // namespace mlgateway::api
