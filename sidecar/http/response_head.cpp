// parse_response_head: the model's answer is read as strictly as a request, because its framing decides where the next
// answer on a pooled connection begins.
#include "sidecar/http/character.hpp"
#include "sidecar/http/connection_options.hpp"
#include "sidecar/http/fault.hpp"
#include "sidecar/http/field_section.hpp"
#include "sidecar/http/framing.hpp"
#include "sidecar/http/request_line.hpp"
#include "sidecar/http/strict.hpp"

namespace mlgateway::http {
namespace {

constexpr std::size_t kVersionBytes = 8;                   // "HTTP/1.1"
constexpr std::size_t kStatusEnd = kVersionBytes + 1 + 3;  // "HTTP/1.1 200"

void clear(ResponseHead& out) {
  out.status = 0;
  out.reason_phrase = {};
  out.minor_version = 1;
  out.fields.clear();
  out.framing = Framing::None;
  out.content_length = 0;
  out.has_content_length = false;
  out.keep_alive = true;
  out.size = 0;
}

// HTTP-version SP status-code SP [reason-phrase]. Servers that leave out the phrase often leave out the space before it
// too; nobody can read that in two ways.
Fault parse_status_line(std::string_view line, ResponseHead& out) {
  if (const Fault fault = parse_version(line.substr(0, kVersionBytes), out.minor_version)) return fault;
  if (line.size() < kStatusEnd || line[kVersionBytes] != ' ') return {"status line has no status"};
  const std::string_view digits = line.substr(kVersionBytes + 1, 3);
  for (const char digit : digits) {
    if (!is_digit(digit)) return {"status is not a number"};
  }
  out.status = (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + (digits[2] - '0');
  if (out.status < 100 || out.status > 599) return {"status is out of range"};
  if (line.size() == kStatusEnd) return {};
  if (line[kStatusEnd] != ' ') return {"status has more than three digits"};
  out.reason_phrase = line.substr(kStatusEnd + 1);
  return {};
}

bool never_has_body(int status) { return status < 200 || status == 204; }

Fault apply_framing(std::string_view request_method, ResponseHead& out) {
  StatedFraming stated;
  if (const Fault fault = read_framing(out.fields, out.minor_version, stated)) return fault;
  out.has_content_length = stated.has_content_length;
  out.content_length = stated.content_length;
  if (never_has_body(out.status)) {
    // A peer that announces a body here (RFC 9112 6.1 forbids it) might also send one.
    if (stated.chunked || stated.content_length > 0) return {"body announced where none can be"};
    return {};
  }
  if (request_method == "HEAD" || out.status == 304) return {};
  if (stated.chunked) {
    out.framing = Framing::Chunked;
  } else if (stated.has_content_length) {
    out.framing = Framing::Length;
  } else {
    out.framing = Framing::UntilClose;
    out.keep_alive = false;
  }
  return {};
}

Fault parse(std::string_view head, std::string_view request_method, ResponseHead& out) {
  std::string_view rest = head;
  std::string_view line;
  if (const Fault fault = take_line(rest, line)) return fault;
  if (const Fault fault = parse_status_line(line, out)) return fault;
  if (const Fault fault = parse_field_section(rest, out.fields)) return fault;

  ConnectionOptions options;
  if (const Fault fault = apply_connection_options(out.fields, options)) return fault;
  out.keep_alive = persists(options, out.minor_version);
  return apply_framing(request_method, out);
}

}  // namespace

Status parse_response_head(std::string_view head, std::string_view request_method, ResponseHead& out) {
  clear(out);
  if (const Fault fault = parse(head, request_method, out)) return upstream_error_of(fault);
  out.size = head.size();
  return Done{};
}

}  // namespace mlgateway::http
