#include "operator/kube/fault.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "operator/kube/json_text.hpp"

namespace mlgateway::kube {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 13> kNames{
    "NotFound",        "AlreadyExists", "Conflict", "Invalid",     "Unauthorized", "Forbidden", "Gone",
    "TooManyRequests", "ServerError",   "TimedOut", "Unreachable", "Unreadable",   "Stopped",
};

FaultKind kind_of(int code, std::string_view reason) {
  switch (code) {
    case 401: return FaultKind::Unauthorized;
    case 403: return FaultKind::Forbidden;
    case 404: return FaultKind::NotFound;
    case 409: return reason == "AlreadyExists" ? FaultKind::AlreadyExists : FaultKind::Conflict;
    case 410: return FaultKind::Gone;
    case 429: return FaultKind::TooManyRequests;
    default: break;
  }
  if (code >= 500) return FaultKind::ServerError;
  // A redirect or a success where none belongs is no API server.
  return code >= 400 ? FaultKind::Invalid : FaultKind::Unreadable;
}

// The form with a date is not used by API servers.
std::optional<std::chrono::seconds> seconds_in(std::string_view text) {
  unsigned seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return std::chrono::seconds(seconds);
}

std::vector<Cause> causes_in(const json& details) {
  std::vector<Cause> causes;
  const auto found = details.find("causes");
  if (found == details.end() || !found->is_array()) return causes;
  for (const json& cause : *found) {
    if (causes.size() == kMostCauses) break;
    causes.push_back({text_at(cause, "field"), text_at(cause, "message")});
  }
  return causes;
}

std::string one_line(std::string text) {
  if (text.size() > kMostMessage) text.resize(kMostMessage);
  std::replace_if(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  return text;
}

// Status.details repeats Retry-After where a proxy may have dropped the header.
std::optional<std::chrono::seconds> retry_in(const json& details) {
  const auto found = details.find("retryAfterSeconds");
  if (found == details.end() || !found->is_number_unsigned()) return std::nullopt;
  return std::chrono::seconds(std::min<std::uint64_t>(found->get<std::uint64_t>(), 1u << 30));
}

}  // namespace

bool Fault::passing() const {
  switch (kind) {
    case FaultKind::TooManyRequests:
    case FaultKind::ServerError:
    case FaultKind::TimedOut:
    case FaultKind::Unreachable:
    case FaultKind::Unauthorized:
    case FaultKind::Forbidden: return true;
    default: return false;
  }
}

std::string_view name(FaultKind kind) { return kNames[static_cast<std::size_t>(kind)]; }

Fault fault_from(int code, std::string_view retry_after, std::string_view body) {
  Fault result;
  result.code = code;
  result.retry_after = seconds_in(retry_after);
  const auto status = parse_json(body);
  if (status && status->is_object() && text_at(*status, "kind") == "Status") {
    result.reason = text_at(*status, "reason");
    result.message = one_line(text_at(*status, "message"));
    if (const auto details = status->find("details"); details != status->end() && details->is_object()) {
      result.causes = causes_in(*details);
      if (!result.retry_after) result.retry_after = retry_in(*details);
    }
  }
  result.kind = kind_of(code, result.reason);
  if (result.message.empty()) result.message = "the API server answered " + std::to_string(code);
  return result;
}

Fault fault(FaultKind kind, std::string message) {
  Fault result;
  result.kind = kind;
  result.message = one_line(std::move(message));
  return result;
}

}  // namespace mlgateway::kube
