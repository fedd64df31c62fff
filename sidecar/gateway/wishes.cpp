#include "sidecar/gateway/wishes.hpp"

#include <algorithm>
#include <charconv>

namespace mlgateway::gateway {
namespace {

constexpr std::size_t kMaxRequestId = 128;
constexpr std::int64_t kLongestDeadlineMs = 24 * 60 * 60 * 1000;

}  // namespace

bool is_request_id(std::string_view text) {
  const bool visible = std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
  return !text.empty() && text.size() <= kMaxRequestId && visible;
}

Result<std::optional<std::chrono::milliseconds>> caller_deadline(const http::Fields& fields) {
  const http::Field* const field = fields.find(http::FieldId::XRequestTimeoutMs);
  if (!field) return std::optional<std::chrono::milliseconds>{};
  std::int64_t milliseconds = 0;
  const auto is_deadline = [](const http::Field& each) { return each.id == http::FieldId::XRequestTimeoutMs; };
  const bool once = std::count_if(fields.begin(), fields.end(), is_deadline) == 1;
  const char* const end = field->value.data() + field->value.size();
  const auto [stop, code] = std::from_chars(field->value.data(), end, milliseconds);
  if (!once || code != std::errc() || stop != end || milliseconds < 1 || milliseconds > kLongestDeadlineMs) {
    const std::string words = "x-request-timeout-ms must be one number from 1 to 86400000";
    return Error(Reason::InvalidDeadline, words, words);
  }
  return std::optional(std::chrono::milliseconds(milliseconds));
}

upstream::Deadlines deadlines(Instant started, const config::Timeouts& timeouts,
                              std::optional<std::chrono::milliseconds> caller) {
  const bool by_caller = caller && *caller < timeouts.request;
  return {.request = started + (by_caller ? *caller : timeouts.request),
          .set_by_caller = by_caller,
          .connect = timeouts.connect,
          .first_byte = timeouts.first_byte,
          .stream_idle = timeouts.stream_idle};
}

}  // namespace mlgateway::gateway
