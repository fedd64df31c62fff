// parse_request_head: the whole check of a request's head, rule after rule.
#include "sidecar/http/authority.hpp"
#include "sidecar/http/connection_options.hpp"
#include "sidecar/http/fault.hpp"
#include "sidecar/http/field_id.hpp"
#include "sidecar/http/field_section.hpp"
#include "sidecar/http/framing.hpp"
#include "sidecar/http/request_line.hpp"
#include "sidecar/http/strict.hpp"

namespace mlgateway::http {
namespace {

// Not `out = {}`: that would write the whole table of fields.
void clear(RequestHead& out) {
  out.method = out.target = out.path = out.query = out.authority = out.host = {};
  out.has_query = false;
  out.minor_version = 1;
  out.fields.clear();
  out.framing = Framing::None;
  out.content_length = 0;
  out.keep_alive = true;
  out.expect_continue = false;
  out.size = 0;
}

// Fields that mean something only when there is one of them, and names that would be another field to the model.
Fault check_fields(const Fields& fields, const Field*& host) {
  bool has_content_type = false;
  for (const Field& field : fields) {
    if (field.id == FieldId::Other) {
      if (imitates_known_field(field.name)) return {"field name imitates another with underscores"};
    } else if (field.id == FieldId::Host) {
      if (host != nullptr) return {"more than one Host"};
      host = &field;
    } else if (field.id == FieldId::ContentType) {
      if (has_content_type) return {"more than one Content-Type"};
      has_content_type = true;
    }
  }
  return {};
}

Fault apply_host(const Field* host, RequestHead& out) {
  if (host == nullptr) return out.minor_version == 0 ? Fault{} : Fault{"Host is missing"};
  std::string_view name;
  if (const Fault fault = parse_authority(host->value, name)) return fault;
  // The authority of an absolute target wins (RFC 9112 3.2.2); Host had to be good all the same.
  if (!out.authority.empty()) return {};
  out.authority = host->value;
  out.host = name;
  return {};
}

Fault apply_framing(RequestHead& out) {
  StatedFraming stated;
  if (const Fault fault = read_framing(out.fields, out.minor_version, stated)) return fault;
  out.content_length = stated.content_length;
  if (stated.chunked) out.framing = Framing::Chunked;
  if (stated.has_content_length) out.framing = Framing::Length;
  const bool has_body = out.framing != Framing::None;
  if (has_body && out.method == "TRACE") return {"TRACE with a body"};
  return {};
}

Fault apply_expectations(RequestHead& out) {
  if (out.minor_version == 0) return {};  // RFC 9110 10.1.1
  for (const Field& field : out.fields) {
    if (field.id != FieldId::Expect) continue;
    if (!equals_ignoring_case(field.value, "100-continue")) {
      return {"expectation is not 100-continue", Reason::ExpectationFailed};
    }
    // Who announces no body waits for nothing.
    out.expect_continue = out.framing == Framing::Chunked || out.content_length > 0;
  }
  return {};
}

Fault parse(std::string_view head, const HeadLimits& limits, RequestHead& out) {
  if (head.size() > limits.max_head_bytes) return {"head is too large", Reason::HeadTooLarge};
  std::string_view rest = head;
  if (rest.starts_with("\r\n")) rest.remove_prefix(2);  // RFC 9112 2.2
  std::string_view line;
  if (const Fault fault = take_line(rest, line)) return fault;
  if (const Fault fault = parse_request_line(line, limits, out)) return fault;
  if (const Fault fault = parse_field_section(rest, out.fields)) return fault;
  const Field* host = nullptr;
  if (const Fault fault = check_fields(out.fields, host)) return fault;
  if (const Fault fault = apply_host(host, out)) return fault;

  ConnectionOptions options;
  if (const Fault fault = apply_connection_options(out.fields, options)) return fault;
  out.keep_alive = persists(options, out.minor_version);
  if (const Fault fault = apply_framing(out)) return fault;
  return apply_expectations(out);
}

}  // namespace

Status parse_request_head(std::string_view head, const HeadLimits& limits, RequestHead& out) {
  clear(out);
  if (const Fault fault = parse(head, limits, out)) return refusal_of(fault);
  out.size = head.size();
  return Done{};
}

}  // namespace mlgateway::http
