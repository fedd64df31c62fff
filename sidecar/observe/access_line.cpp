#include <array>
#include <charconv>

#include "sidecar/base/json_text.hpp"
#include "sidecar/observe/access_log.hpp"

namespace mlgateway::observe {
namespace {

// What a caller controls is bounded, so that a line stays a line: no field of it can crowd out the others.
constexpr std::size_t kMaxPath = 1024;
constexpr std::size_t kMaxError = 1024;
constexpr std::size_t kMaxName = 256;

void append_text(std::string& out, std::string_view key, std::string_view value, std::size_t max_bytes = kMaxName) {
  out += key;
  if (value.empty()) {
    out += "null";
    return;
  }
  append_json_string(out, value, max_bytes);
}

void append_number(std::string& out, std::string_view key, std::uint64_t value) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out += key;
  out.append(digits.data(), end);
}

// Milliseconds with three decimals: printing a double costs four times as much and says no more.
void append_milliseconds(std::string& out, std::string_view key, std::chrono::nanoseconds value) {
  const auto total = std::chrono::duration_cast<std::chrono::microseconds>(value).count();
  const std::uint64_t microseconds = total > 0 ? static_cast<std::uint64_t>(total) : 0;
  append_number(out, key, microseconds / 1000);
  const auto rest = static_cast<unsigned>(microseconds % 1000);
  const char decimals[] = {'.', static_cast<char>('0' + rest / 100), static_cast<char>('0' + rest / 10 % 10),
                           static_cast<char>('0' + rest % 10)};
  out.append(decimals, sizeof decimals);
}

void append_route(std::string& out, const AccessRecord& record) {
  if (record.route_name.empty()) {
    out += R"(,"route":null)";
    return;
  }
  append_json_string(out += R"(,"route":)", record.route_namespace);
  out.back() = '/';  // instead of the closing quote; both parts are Kubernetes names and need no escape
  out += record.route_name;
  out += '"';
}

void append_principal(std::string& out, const AccessRecord& record) {
  if (record.principal_method.empty()) {
    out += R"(,"principal":null)";
    return;
  }
  append_text(out, R"(,"principal":{"method":)", record.principal_method);
  append_text(out, R"(,"issuer":)", record.principal_issuer);
  append_text(out, R"(,"name":)", record.principal_name);
  out += '}';
}

}  // namespace

void append_access_line(std::string& out, const AccessRecord& record, Rfc3339Clock& clock) {
  out += R"({"time":")";
  clock.append(out, record.time);
  append_text(out, R"(","request_id":)", record.request_id);
  append_text(out, R"(,"client":)", record.client);
  append_text(out, R"(,"method":)", record.method);
  append_text(out, R"(,"path":)", record.path, kMaxPath);
  append_text(out, R"(,"host":)", record.host);
  append_route(out, record);
  append_text(out, R"(,"version":)", record.version);
  append_principal(out, record);
  append_text(out, R"(,"tenant":)", record.tenant);
  append_number(out, R"(,"status":)", record.status > 0 ? static_cast<std::uint64_t>(record.status) : 0);
  append_text(out, R"(,"reason":)", record.reason ? name(*record.reason) : std::string_view{});
  append_text(out, R"(,"error":)", record.error, kMaxError);
  append_number(out, R"(,"request_bytes":)", record.request_bytes);
  append_number(out, R"(,"response_bytes":)", record.response_bytes);
  append_milliseconds(out, R"(,"duration_ms":)", record.duration);
  if (record.upstream_duration) {
    append_milliseconds(out, R"(,"upstream_ms":)", *record.upstream_duration);
  } else {
    out += R"(,"upstream_ms":null)";
  }
  append_text(out, R"(,"upstream":)", record.upstream);
  append_text(out, R"(,"trace_id":)", record.trace_id);
  out += "}\n";
}

}  // namespace mlgateway::observe
