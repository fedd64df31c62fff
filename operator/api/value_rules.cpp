#include "operator/api/value_rules.hpp"

#include <algorithm>
#include <string>

#include <nlohmann/json.hpp>

#include "operator/api/decimal.hpp"
#include "operator/api/duration.hpp"
#include "operator/api/quantity.hpp"

namespace mlgateway::api {
namespace {

constexpr std::ptrdiff_t kMostLabelKey = 317;

}  // namespace

using Json = nlohmann::json;

bool duration_between(const Json& text, std::chrono::milliseconds least, std::chrono::milliseconds most) {
  const auto duration = parse_duration(text.get_ref<const std::string&>());
  return duration && *duration >= least && *duration <= most;
}

bool quantity_between(const Json& value, std::int64_t least, std::int64_t most) {
  if (value.is_number()) return true;
  const auto quantity = parse_quantity(value.get_ref<const std::string&>());
  return quantity && *quantity >= least && *quantity <= most;
}

bool label_keys_are_short(const Json& labels) {
  for (const auto& [key, value] : labels.items()) {
    const auto characters = std::count_if(key.begin(), key.end(), [](unsigned char c) { return (c & 0xC0) != 0x80; });
    if (characters > kMostLabelKey) return false;
  }
  return true;
}

bool is_more_than_nothing(const Json& decimal) { return parse_decimal(decimal.get_ref<const std::string&>()) > 0; }

}  // namespace mlgateway::api
