#include "sidecar/limits/rate_limit_fields.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "sidecar/limits/wide.hpp"

namespace mlgateway::limits {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

// The largest Integer that RFC 9651 knows (section 3.3.1).
constexpr std::int64_t kMostInteger = 999'999'999'999'999;

void append_integer(std::string& out, std::int64_t number) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, std::clamp<std::int64_t>(number, 0, kMostInteger)).ptr;
  out.append(digits, end);
}

// A String has no place for other than printable ASCII (section 3.3.3); names that were checked hold nothing else.
void append_string(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c >= 0x20 && c < 0x7f ? c : '?';
  }
  out += '"';
}

void append_parameter(std::string& out, std::string_view name, std::int64_t number) {
  out += name;
  append_integer(out, number);
}

std::int64_t whole_units(Amount amount) { return amount / config::kOne; }
std::int64_t seconds_up(nanoseconds time) { return std::chrono::ceil<std::chrono::seconds>(time).count(); }

// A budget's window, or the time in which a rate fills its burst. Whole seconds, rounded up, at least one.
std::int64_t window_seconds(const config::Limit& limit) {
  if (limit.budget) return std::max<std::int64_t>(seconds_up(limit.budget->window), 1);
  const Wide milliseconds = divided_rounded_up(Wide{limit.rate->burst} * limit.rate->per.count(), limit.rate->amount);
  return std::max<std::int64_t>(narrowed(divided_rounded_up(milliseconds, 1000)), 1);
}

void append_policy(std::string& out, std::string_view name, const Standing& standing, std::string_view cost_unit) {
  append_string(out, name);
  append_parameter(out, ";q=", whole_units(standing.holds));
  append_parameter(out, ";w=", window_seconds(*standing.limit));
  if (standing.limit->unit == config::LimitUnit::Request) return;  // qu="requests" is the default
  out += ";mlgateway-unit=";
  append_string(out, cost_unit);
}

void append_item(std::string& out, std::string_view name, const Standing& standing) {
  append_string(out, name);
  append_parameter(out, ";r=", whole_units(standing.remaining));
  if (standing.more_after > 0ns) append_parameter(out, ";t=", seconds_up(standing.more_after));
}

void append_with(std::string& out, std::int64_t number, std::string_view unit) {
  append_integer(out, number);
  out += unit;
}

// As OpenAI writes them, which is as Go does: "120ms", "1s", "6m0s", "24h0m0s". Rounded up.
void append_go_duration(std::string& out, nanoseconds time) {
  if (time > 0ns && time <= 999ms) {
    return append_with(out, std::chrono::ceil<std::chrono::milliseconds>(time).count(), "ms");
  }
  const std::int64_t seconds = seconds_up(time);
  if (seconds >= 3600) append_with(out, seconds / 3600, "h");
  if (seconds >= 60) append_with(out, seconds / 60 % 60, "m");
  append_with(out, seconds % 60, "s");
}

// The one that is first to refuse: with the least left, and of those the one that takes longest to be full again.
const Standing* tightest_in_requests(std::span<const Standing> standings) {
  const Standing* tightest = nullptr;
  for (const Standing& standing : standings) {
    if (standing.limit->unit != config::LimitUnit::Request) continue;
    if (tightest == nullptr || standing.remaining < tightest->remaining ||
        (standing.remaining == tightest->remaining && standing.full_after > tightest->full_after)) {
      tightest = &standing;
    }
  }
  return tightest;
}

}  // namespace

void append_rate_limit_fields(std::string& out, const RouteQuotas& quotas, std::span<const Standing> standings,
                              std::string_view cost_unit) {
  if (standings.empty()) return;
  std::string_view before = "ratelimit-policy: ";
  for (const Standing& standing : standings) {
    out += std::exchange(before, ", ");
    append_policy(out, quotas.policy_name(standing), standing, cost_unit);
  }
  before = "\r\nratelimit: ";
  for (const Standing& standing : standings) {
    out += std::exchange(before, ", ");
    append_item(out, quotas.policy_name(standing), standing);
  }
  out += "\r\n";
}

void append_openai_fields(std::string& out, std::span<const Standing> standings) {
  const Standing* tightest = tightest_in_requests(standings);
  if (tightest == nullptr) return;
  append_parameter(out, "x-ratelimit-limit-requests: ", whole_units(tightest->holds));
  append_parameter(out, "\r\nx-ratelimit-remaining-requests: ", whole_units(tightest->remaining));
  out += "\r\nx-ratelimit-reset-requests: ";
  append_go_duration(out, tightest->full_after);
  out += "\r\n";
}

void append_retry_after(std::string& out, const Refusal& refusal) {
  if (refusal.reason == Reason::CostTooHigh) return;
  append_parameter(out, "retry-after: ", std::max<std::int64_t>(seconds_up(refusal.retry_after), 1));
  out += "\r\n";
}

}  // namespace mlgateway::limits
