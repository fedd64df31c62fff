#include "sidecar/http/relay_head.hpp"

#include <algorithm>
#include <charconv>

#include "sidecar/http/problem.hpp"

namespace mlgateway::http {
namespace {

constexpr std::string_view kOwnPrefix = "x-mlgateway-";

void append_line(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

void append_number(std::string& out, std::uint64_t number) {
  char digits[20];
  const char* const end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, static_cast<std::size_t>(end - digits));
}

void append_framing(std::string& out, Framing framing, std::uint64_t content_length) {
  if (framing == Framing::Length) {
    out.append("content-length: ");
    append_number(out, content_length);
    out.append("\r\n");
  } else if (framing == Framing::Chunked) {
    out.append("transfer-encoding: chunked\r\n");
  }
}

void append_connection(std::string& out, bool keep_alive, int caller_minor_version) {
  if (!keep_alive) {
    out.append("connection: close\r\n");
  } else if (caller_minor_version == 0) {
    out.append("connection: keep-alive\r\n");
  }
}

bool has_prefix(std::string_view name, std::string_view prefix) {
  return name.size() >= prefix.size() && equals_ignoring_case(name.substr(0, prefix.size()), prefix);
}

bool is_own(std::string_view name) { return has_prefix(name, kOwnPrefix); }

bool travels_onward(const Field& field) {
  if (field.hop_by_hop) return false;
  switch (field.id) {
    case FieldId::Host:
    case FieldId::ContentLength:
    case FieldId::TransferEncoding:
    case FieldId::Expect:
    case FieldId::Forwarded:
    case FieldId::XForwardedFor:
    case FieldId::XForwardedProto:
    case FieldId::XForwardedHost:
    case FieldId::XRealIp:
    case FieldId::XRequestId: return false;
    case FieldId::Other: return !is_own(field.name);
    default: return true;
  }
}

bool travels_home(const Field& field) {
  if (field.hop_by_hop) return false;
  switch (field.id) {
    case FieldId::ContentLength:
    case FieldId::TransferEncoding:
    case FieldId::XRequestId: return false;
    case FieldId::Other: return !is_own(field.name);
    default: return true;
  }
}

// RateLimit, RateLimit-Policy and the forms that went before them.
bool tells_limits(const Field& field) {
  return field.id == FieldId::Other && (has_prefix(field.name, "ratelimit") || has_prefix(field.name, "x-ratelimit"));
}

void append_status_line(std::string& out, int status, std::string_view phrase) {
  out.append("HTTP/1.1 ");
  append_number(out, static_cast<std::uint64_t>(status));
  out.append(" ").append(phrase).append("\r\n");
}

// Whether complete lines hold one of that name.
bool has_line(std::string_view lines, std::string_view name) {
  while (!lines.empty()) {
    if (lines.size() > name.size() && lines[name.size()] == ':' &&
        equals_ignoring_case(lines.substr(0, name.size()), name))
      return true;
    lines.remove_prefix(std::min(lines.find('\n'), lines.size() - 1) + 1);
  }
  return false;
}

}  // namespace

void append_request_head(std::string& out, const RequestHead& head, const Onward& onward) {
  out.append(head.method).append(" ").append(onward.target).append(" HTTP/1.1\r\n");
  append_line(out, "host", onward.host);
  for (const Field& field : head.fields) {
    if (travels_onward(field)) append_line(out, field.name, field.value);
  }
  append_framing(out, onward.framing, onward.content_length);
  append_line(out, "x-request-id", onward.request_id);
  append_line(out, "x-forwarded-for", onward.client);
  append_line(out, "x-forwarded-proto", onward.secured ? "https" : "http");
  if (!head.authority.empty()) append_line(out, "x-forwarded-host", head.authority);
  out.append(onward.fields).append("via: 1.1 mlgateway\r\n\r\n");
}

void append_relayed_fields(std::string& out, const ResponseHead& head, std::string_view date, Limits limits) {
  for (const Field& field : head.fields) {
    const bool stays = limits == Limits::LeftOut && tells_limits(field);
    if (travels_home(field) && !stays) append_line(out, field.name, field.value);
  }
  if (!date.empty() && !head.fields.find(FieldId::Date)) append_line(out, "date", date);
}

void append_response_head(std::string& out, const ResponseHead& head, const Homeward& homeward) {
  append_status_line(out, head.status, head.reason_phrase);
  append_relayed_fields(out, head, homeward.date, homeward.tells_limits ? Limits::LeftOut : Limits::Relayed);
  // HEAD and 304 may state the length of a body that does not come.
  const bool states_length = homeward.framing == Framing::None && head.has_content_length;
  append_framing(out, states_length ? Framing::Length : homeward.framing, head.content_length);
  append_connection(out, homeward.keep_alive, homeward.caller_minor_version);
  out.append(homeward.fields).append("via: 1.1 mlgateway\r\n\r\n");
}

void append_kept_head(std::string& out, const KeptAnswer& answer) {
  append_status_line(out, answer.status, phrase_of(answer.status));
  out.append(answer.kept_fields);
  if (!has_line(answer.kept_fields, "date")) append_line(out, "date", answer.date);
  append_framing(out, Framing::Length, answer.content_length);
  append_connection(out, answer.keep_alive, answer.caller_minor_version);
  out.append(answer.fields).append("via: 1.1 mlgateway\r\n\r\n");
}

void append_own_head(std::string& out, const OwnAnswer& answer) {
  append_status_line(out, answer.status, phrase_of(answer.status));
  if (!answer.content_type.empty()) append_line(out, "content-type", answer.content_type);
  append_line(out, "date", answer.date);
  append_framing(out, Framing::Length, answer.content_length);
  append_connection(out, answer.keep_alive, answer.caller_minor_version);
  out.append(answer.fields).append("\r\n");
}

}  // namespace mlgateway::http
