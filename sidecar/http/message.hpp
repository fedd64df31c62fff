// The head of an HTTP/1.1 message, as the strict check has cleared it.
//
// Every string_view points into the buffer that was parsed and lives as long as that buffer is not changed; the path
// of an absolute target that has none ("http://host") is the one exception, and lives for ever.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace mlgateway::http {

// Sum of names and values is bounded by HeadLimits, so a fixed table is cheaper than any container.
inline constexpr std::size_t kMaxFields = 100;

// Header fields the gateway itself looks at; found once while parsing, so that nobody searches by name later.
enum class FieldId : std::uint8_t {
  Other,
  Host,
  ContentLength,
  TransferEncoding,
  Connection,
  KeepAlive,
  ProxyConnection,
  Te,
  Trailer,
  Upgrade,
  Expect,
  ProxyAuthenticate,
  ProxyAuthorization,
  Authorization,
  ContentType,
  ContentEncoding,
  Forwarded,
  XForwardedFor,
  XForwardedProto,
  XForwardedHost,
  XRealIp,
  Via,
  XRequestId,
  XRequestTimeoutMs,
  Traceparent,
  Tracestate,
  UserAgent,
  Date,
};

struct Field {
  std::string_view name;   // as received
  std::string_view value;  // as received, without the optional white space around it
  FieldId id = FieldId::Other;
  bool hop_by_hop = false;  // one of RFC 9110 7.6.1, or named by Connection: never relayed
};

class Fields {
 public:
  Fields() {}  // not defaulted: that would write the whole table, four kilobytes, for every head

  bool push(const Field& field) {  // false when the table is full
    if (size_ == kMaxFields) return false;
    std::construct_at(&table_[size_++], field);
    return true;
  }
  void clear() { size_ = 0; }
  std::span<const Field> all() const { return {table_.data(), size_}; }
  std::span<Field> all() { return {table_.data(), size_}; }
  const Field* begin() const { return table_.data(); }
  const Field* end() const { return table_.data() + size_; }
  std::size_t size() const { return size_; }

  // The first field of that id or (case-insensitive) name; nullptr when there is none.
  const Field* find(FieldId id) const;
  const Field* find(std::string_view name) const;

 private:
  union {
    std::array<Field, kMaxFields> table_;  // the first size_ of them are alive
  };
  std::size_t size_ = 0;
};

enum class Framing : std::uint8_t { None, Length, Chunked, UntilClose };  // UntilClose: answers only

struct RequestHead {
  std::string_view method;
  std::string_view target;  // as received
  std::string_view path;    // of the target; begins with '/', or is "*" (OPTIONS)
  std::string_view query;   // without '?'; has_query tells "/x?" from "/x"
  bool has_query = false;
  std::string_view authority;  // of an absolute target, else of Host: host[:port] as received
  std::string_view host;       // without port (and without the brackets of IPv6), as received
  int minor_version = 1;
  Fields fields;
  Framing framing = Framing::None;
  std::uint64_t content_length = 0;
  bool keep_alive = true;  // the caller allows another request on this connection
  bool expect_continue = false;
  std::size_t size = 0;  // bytes of the buffer that the head occupies, leading CRLF and last CRLF included
};

struct ResponseHead {
  int status = 0;
  std::string_view reason_phrase;
  int minor_version = 1;
  Fields fields;
  Framing framing = Framing::None;   // already for the request's method: HEAD, 1xx, 204 and 304 have none
  std::uint64_t content_length = 0;  // as stated, also for HEAD
  bool has_content_length = false;
  bool keep_alive = true;
  std::size_t size = 0;
};

bool equals_ignoring_case(std::string_view left, std::string_view right);

}  // namespace mlgateway::http
