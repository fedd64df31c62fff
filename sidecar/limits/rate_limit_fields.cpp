#include "sidecar/limits/rate_limit_fields.hpp"

#include <algorithm>
#include <utility>

namespace mlgateway::limits {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

void append_parameter(std::string& out, std::string_view name, std::int64_t number) {
  out += name;
  append_integer(out, number);
}

std::int64_t whole_units(Amount amount) { return amount / config::kOne; }
std::int64_t seconds_up(nanoseconds time) { return std::chrono::ceil<std::chrono::seconds>(time).count(); }

void append_item(std::string& out, const Policy& policy, const Standing& standing) {
  append_parameter(out, policy.remaining, whole_units(standing.remaining));
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

void append_rate_limit_fields(std::string& out, const RouteQuotas& quotas, std::span<const Standing> standings) {
  if (standings.empty()) return;
  std::string_view before = "ratelimit-policy: ";
  for (const Standing& standing : standings) {
    out.append(std::exchange(before, ", ")).append(quotas.policy_of(standing).description);
  }
  before = "\r\nratelimit: ";
  for (const Standing& standing : standings) {
    out += std::exchange(before, ", ");
    append_item(out, quotas.policy_of(standing), standing);
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
