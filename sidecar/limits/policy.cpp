#include "sidecar/limits/policy.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <utility>

#include "sidecar/limits/wide.hpp"

namespace mlgateway::limits {
namespace {

// The largest Integer that RFC 9651 knows (section 3.3.1).
constexpr std::int64_t kMostInteger = 999'999'999'999'999;

// A String has no place for other than printable ASCII (section 3.3.3); names that were checked hold nothing else.
std::string string_item(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c >= 0x20 && c < 0x7f ? c : '?';
  }
  return out += '"';
}

// A budget's window, or the time in which a rate fills its burst. Whole seconds, rounded up, at least one.
std::int64_t window_seconds(const config::Limit& limit) {
  if (limit.budget)
    return std::max<std::int64_t>(std::chrono::ceil<std::chrono::seconds>(limit.budget->window).count(), 1);
  const Wide milliseconds = divided_rounded_up(Wide{limit.rate->burst} * limit.rate->per.count(), limit.rate->amount);
  return std::max<std::int64_t>(narrowed(divided_rounded_up(milliseconds, 1000)), 1);
}

}  // namespace

void append_integer(std::string& out, std::int64_t number) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, std::clamp<std::int64_t>(number, 0, kMostInteger)).ptr;
  out.append(digits, end);
}

Policy policy_of(std::string name, const config::Limit& limit, std::string_view cost_unit) {
  Policy policy{.name = std::move(name), .description = {}, .remaining = {}};
  policy.remaining = string_item(policy.name) + ";r=";
  std::string& text = policy.description;
  text = string_item(policy.name) + ";q=";
  append_integer(text, (limit.budget ? limit.budget->amount : limit.rate->burst) / config::kOne);
  text += ";w=";
  append_integer(text, window_seconds(limit));
  // qu="requests" is the default.
  if (limit.unit == config::LimitUnit::Cost) text += ";mlgateway-unit=" + string_item(cost_unit);
  return policy;
}

}  // namespace mlgateway::limits
