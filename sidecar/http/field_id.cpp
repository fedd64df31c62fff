#include "sidecar/http/field_id.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "sidecar/http/character.hpp"

namespace mlgateway::http {
namespace {

constexpr std::string_view kOwnPrefix = "x-mlgateway-";
constexpr std::size_t kLongestKnownName = 20;

// For tokens, bit 0x20 makes letters lower-case and changes nothing that could then equal a letter or '-'.
template <std::size_t N>
bool is(const char* name, const char (&lower)[N]) {
  constexpr std::uint64_t kCaseBits = 0x2020202020202020;
  constexpr std::size_t kLength = N - 1;
  std::size_t at = 0;
  for (; at + 8 <= kLength; at += 8) {
    std::uint64_t have, want;
    std::memcpy(&have, name + at, 8);
    std::memcpy(&want, lower + at, 8);
    if ((have | kCaseBits) != want) return false;
  }
  for (; at < kLength; ++at) {
    if ((name[at] | 0x20) != lower[at]) return false;
  }
  return true;
}

FieldId short_field(const char* name, std::size_t length) {
  switch (length) {
    case 2: return is(name, "te") ? FieldId::Te : FieldId::Other;
    case 3: return is(name, "via") ? FieldId::Via : FieldId::Other;
    case 4: return is(name, "host") ? FieldId::Host : is(name, "date") ? FieldId::Date : FieldId::Other;
    case 6: return is(name, "expect") ? FieldId::Expect : FieldId::Other;
    case 7: return is(name, "upgrade") ? FieldId::Upgrade : is(name, "trailer") ? FieldId::Trailer : FieldId::Other;
    case 9:
      return is(name, "forwarded") ? FieldId::Forwarded : is(name, "x-real-ip") ? FieldId::XRealIp : FieldId::Other;
    case 10:
      return is(name, "user-agent")   ? FieldId::UserAgent
             : is(name, "connection") ? FieldId::Connection
             : is(name, "tracestate") ? FieldId::Tracestate
             : is(name, "keep-alive") ? FieldId::KeepAlive
                                      : FieldId::Other;
    default: return FieldId::Other;
  }
}

FieldId long_field(const char* name, std::size_t length) {
  switch (length) {
    case 11: return is(name, "traceparent") ? FieldId::Traceparent : FieldId::Other;
    case 12:
      return is(name, "content-type")   ? FieldId::ContentType
             : is(name, "x-request-id") ? FieldId::XRequestId
                                        : FieldId::Other;
    case 13: return is(name, "authorization") ? FieldId::Authorization : FieldId::Other;
    case 14: return is(name, "content-length") ? FieldId::ContentLength : FieldId::Other;
    case 15: return is(name, "x-forwarded-for") ? FieldId::XForwardedFor : FieldId::Other;
    case 16:
      return is(name, "content-encoding")   ? FieldId::ContentEncoding
             : is(name, "x-forwarded-host") ? FieldId::XForwardedHost
             : is(name, "proxy-connection") ? FieldId::ProxyConnection
                                            : FieldId::Other;
    case 17:
      return is(name, "transfer-encoding")   ? FieldId::TransferEncoding
             : is(name, "x-forwarded-proto") ? FieldId::XForwardedProto
                                             : FieldId::Other;
    case 18: return is(name, "proxy-authenticate") ? FieldId::ProxyAuthenticate : FieldId::Other;
    case 19: return is(name, "proxy-authorization") ? FieldId::ProxyAuthorization : FieldId::Other;
    case 20: return is(name, "x-request-timeout-ms") ? FieldId::XRequestTimeoutMs : FieldId::Other;
    default: return FieldId::Other;
  }
}

}  // namespace

FieldId field_id_of(std::string_view name) {
  return name.size() <= 10 ? short_field(name.data(), name.size()) : long_field(name.data(), name.size());
}

bool is_hop_by_hop(FieldId id) {
  switch (id) {
    case FieldId::Connection:
    case FieldId::KeepAlive:
    case FieldId::ProxyConnection:
    case FieldId::Te:
    case FieldId::Trailer:
    case FieldId::TransferEncoding:
    case FieldId::Upgrade:
    case FieldId::ProxyAuthenticate:
    case FieldId::ProxyAuthorization: return true;
    default: return false;
  }
}

bool imitates_known_field(std::string_view name) {
  if (name.find('_') == std::string_view::npos) return false;
  std::array<char, kLongestKnownName> buffer;
  const std::size_t length = std::min(name.size(), buffer.size());
  for (std::size_t i = 0; i < length; ++i) buffer[i] = name[i] == '_' ? '-' : to_lower(name[i]);
  const std::string_view dashed(buffer.data(), length);
  if (dashed.starts_with(kOwnPrefix)) return true;
  return length == name.size() && field_id_of(dashed) != FieldId::Other;
}

bool reads_alike(std::string_view name, std::string_view other) {
  const auto folded = [](char c) { return c == '_' ? '-' : to_lower(c); };
  return std::equal(name.begin(), name.end(), other.begin(), other.end(),
                    [&](char a, char b) { return folded(a) == folded(b); });
}

}  // namespace mlgateway::http
