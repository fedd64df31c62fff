// What must hold for whatever bytes arrive as HTTP. Says which property is broken, nothing when all hold.
#pragma once

#include <string>
#include <string_view>

#include "sidecar/http/strict.hpp"
#include "tests/sidecar/http/message_reader.hpp"

namespace mlgateway::http {

inline bool lies_within(std::string_view part, std::string_view whole) {
  return part.empty() || (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

// The head as the gateway would write it: nothing in it may be lost or read in another way the second time.
inline std::string rewritten(const RequestHead& head) {
  std::string out(head.method);
  out.append(" ").append(head.target).append(head.minor_version == 1 ? " HTTP/1.1\r\n" : " HTTP/1.0\r\n");
  for (const Field& field : head.fields) out.append(field.name).append(": ").append(field.value).append("\r\n");
  return out += "\r\n";
}

inline bool read_alike(const RequestHead& left, const RequestHead& right) {
  if (left.fields.size() != right.fields.size()) return false;
  for (std::size_t i = 0; i < left.fields.size(); ++i) {
    const Field &one = left.fields.all()[i], &other = right.fields.all()[i];
    if (one.name != other.name || one.value != other.value || one.id != other.id) return false;
    if (one.hop_by_hop != other.hop_by_hop) return false;
  }
  return left.path == right.path && left.query == right.query && left.has_query == right.has_query &&
         left.host == right.host && left.authority == right.authority && left.framing == right.framing &&
         left.content_length == right.content_length && left.keep_alive == right.keep_alive &&
         left.expect_continue == right.expect_continue;
}

inline std::size_t count(const Fields& fields, FieldId id) {
  std::size_t found = 0;
  for (const Field& field : fields) found += field.id == id;
  return found;
}

inline const char* broken_field_property(const Fields& fields, std::string_view bytes, Framing framing) {
  for (const Field& field : fields) {
    if (!lies_within(field.name, bytes) || !lies_within(field.value, bytes)) return "a view leaves the buffer";
    if (field.value.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos)
      return "a value can end its line";
    if (field.name.empty() || field.name.find_first_of(" \t:\r\n") != std::string_view::npos)
      return "a name is no token";
  }
  const std::size_t lengths = count(fields, FieldId::ContentLength), codings = count(fields, FieldId::TransferEncoding);
  if (lengths + codings > 1) return "more than one field tells the framing";
  if (framing == Framing::Chunked && codings != 1) return "chunked without Transfer-Encoding";
  if (framing == Framing::Length && lengths != 1) return "a length without Content-Length";
  return nullptr;
}

inline const char* broken_request_property(std::string_view bytes) {
  RequestHead head;
  if (!parse_request_head(bytes, HeadLimits{}, head).ok()) return nullptr;
  if (const char* broken = broken_field_property(head.fields, bytes, head.framing)) return broken;
  if (head.path != "*" && !head.path.starts_with('/')) return "a path does not begin with a slash";
  for (const char* part : {"//", "/./", "/../", "\\"}) {
    if (head.path.find(part) != std::string_view::npos) return "a path can be read in two ways";
  }
  if (head.path.ends_with("/.") || head.path.ends_with("/..")) return "a path ends in a dot segment";
  if (head.minor_version == 1 && (count(head.fields, FieldId::Host) != 1 || head.host.empty())) return "not one Host";
  const std::string again = rewritten(head);
  RequestHead second;
  if (!parse_request_head(again, HeadLimits{.max_head_bytes = again.size()}, second).ok())
    return "what is relayed is refused";
  return read_alike(head, second) ? nullptr : "what is relayed is read in another way";
}

inline const char* broken_answer_property(std::string_view bytes) {
  ResponseHead head;
  if (!parse_response_head(bytes, "GET", head).ok()) return nullptr;
  if (head.status < 100 || head.status > 599) return "a status is out of range";
  if (head.framing == Framing::UntilClose && head.keep_alive) return "a connection outlives a body without end";
  return broken_field_property(head.fields, bytes, head.framing);
}

inline const char* broken_property(std::string_view bytes) {
  for (const std::string_view method : {"", "GET"}) {
    const Reading at_once = MessageReader(bytes, method).read();
    if (!(MessageReader(bytes, method, 1).read() == at_once)) return "the arrival of bytes makes a difference";
  }
  const auto size = HeadScanner().scan(bytes);
  if (!size || *size == 0) return nullptr;
  const std::string_view head = bytes.substr(0, *size);
  const char* const broken = broken_request_property(head);
  return broken != nullptr ? broken : broken_answer_property(head);
}

}  // namespace mlgateway::http
