#include "sidecar/http/authority.hpp"

#include <array>
#include <cstring>

#include <arpa/inet.h>

#include "sidecar/http/character.hpp"

namespace mlgateway::http {
namespace {

// unreserved and sub-delims of RFC 3986.
constexpr std::array<bool, 256> kPlainInHost = table_of([](char byte) {
  return is_digit(byte) || is_letter(byte) ||
         (byte != '\0' && std::string_view("-._~!$&'()*+,;=").find(byte) != std::string_view::npos);
});
constexpr std::size_t kMaxPortDigits = 5;

bool is_port(std::string_view text) {
  if (text.size() > kMaxPortDigits) return false;
  int port = 0;
  for (const char digit : text) {
    if (!is_digit(digit)) return false;
    port = port * 10 + (digit - '0');
  }
  return port <= 65535;
}

bool is_registered_name(std::string_view name) {
  for (std::size_t at = 0; at < name.size(); ++at) {
    if (kPlainInHost[static_cast<unsigned char>(name[at])]) continue;
    if (name[at] != '%' || at + 2 >= name.size()) return false;
    const bool beyond_ascii = hex_value(name[at + 1]) >= 8 && hex_value(name[at + 2]) >= 0;
    if (!beyond_ascii) return false;
    at += 2;
  }
  return !name.empty();
}

bool is_ipv6_address(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  if (text.size() >= terminated.size()) return false;
  std::memcpy(terminated.data(), text.data(), text.size());
  in6_addr address;
  return inet_pton(AF_INET6, terminated.data(), &address) == 1;
}

}  // namespace

Fault parse_authority(std::string_view authority, std::string_view& host) {
  if (authority.starts_with('[')) {
    const std::size_t close = authority.find(']');
    if (close == std::string_view::npos) return {"host has no closing bracket"};
    host = authority.substr(1, close - 1);
    if (!is_ipv6_address(host)) return {"host is not an IPv6 address"};
    const std::string_view rest = authority.substr(close + 1);
    if (!rest.empty() && (rest.front() != ':' || !is_port(rest.substr(1)))) return {"port of the host is invalid"};
    return {};
  }
  const std::size_t colon = authority.find(':');
  host = authority.substr(0, colon);
  if (!is_registered_name(host)) return {"host is empty or invalid"};
  if (colon != std::string_view::npos && !is_port(authority.substr(colon + 1))) return {"port of the host is invalid"};
  return {};
}

}  // namespace mlgateway::http
