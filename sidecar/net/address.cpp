#include "sidecar/net/address.hpp"

#include <cerrno>
#include <charconv>
#include <cstring>
#include <system_error>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <unistd.h>

namespace mlgateway::net {
namespace {

Error failure(const char* call, const std::string& address) {
  return {Reason::UpstreamUnreachable,
          std::string(call) + " " + address + ": " + std::generic_category().message(errno)};
}

void set(int descriptor, int level, int option, int value) {
  setsockopt(descriptor, level, option, &value, sizeof value);
}

}  // namespace

Address::Address(const sockaddr* address, socklen_t size) : size_(size) { std::memcpy(&storage_, address, size); }

std::optional<Address> Address::numeric(std::string_view host, std::uint16_t port) {
  char text[INET6_ADDRSTRLEN];
  if (host.size() >= sizeof text) return std::nullopt;
  host.copy(text, host.size());
  text[host.size()] = '\0';
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(port);
  if (inet_pton(AF_INET, text, &v4.sin_addr) == 1) return Address(reinterpret_cast<sockaddr*>(&v4), sizeof v4);
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  if (inet_pton(AF_INET6, text, &v6.sin6_addr) == 1) return Address(reinterpret_cast<sockaddr*>(&v6), sizeof v6);
  return std::nullopt;
}

Result<Address> Address::parse(std::string_view text) {
  const auto colon = text.rfind(':');
  const Error unreadable{Reason::InvalidConfig,
                         "want ADDRESS:PORT with a numeric address, got \"" + std::string(text) + "\""};
  if (colon == std::string_view::npos) return unreadable;
  std::uint16_t port = 0;
  const std::string_view digits = text.substr(colon + 1);
  const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (code != std::errc() || end != digits.data() + digits.size() || digits.empty()) return unreadable;
  std::string_view host = text.substr(0, colon);
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  if (host.empty()) host = "0.0.0.0";
  const auto address = numeric(host, port);
  if (!address) return unreadable;
  return *address;
}

std::uint16_t Address::port() const {
  if (family() == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6*>(&storage_)->sin6_port);
  return ntohs(reinterpret_cast<const sockaddr_in*>(&storage_)->sin_port);
}

Address Address::with_port(std::uint16_t port) const {
  Address copy = *this;
  if (family() == AF_INET6) {
    reinterpret_cast<sockaddr_in6*>(&copy.storage_)->sin6_port = htons(port);
  } else {
    reinterpret_cast<sockaddr_in*>(&copy.storage_)->sin_port = htons(port);
  }
  return copy;
}

std::string Address::host() const {
  char text[INET6_ADDRSTRLEN] = "";
  const void* const raw = family() == AF_INET6
                              ? static_cast<const void*>(&reinterpret_cast<const sockaddr_in6*>(&storage_)->sin6_addr)
                              : &reinterpret_cast<const sockaddr_in*>(&storage_)->sin_addr;
  inet_ntop(family(), raw, text, sizeof text);
  return text;
}

std::string Address::to_string() const {
  const std::string name = host();
  return (family() == AF_INET6 ? "[" + name + "]" : name) + ":" + std::to_string(port());
}

Result<int> listen_on(const Address& address, int backlog) {
  const int descriptor = socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return failure("socket", address.to_string());
  set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1);
  set(descriptor, SOL_SOCKET, SO_REUSEPORT, 1);
  if (bind(descriptor, address.data(), address.size()) != 0 || listen(descriptor, backlog) != 0) {
    const Error error = failure("listen on", address.to_string());
    close(descriptor);
    return error;
  }
  return descriptor;
}

Address local_address(int descriptor) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  getsockname(descriptor, reinterpret_cast<sockaddr*>(&storage), &size);
  return Address(reinterpret_cast<sockaddr*>(&storage), size);
}

Result<int> begin_connect(const Address& address) {
  const int descriptor = socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return failure("socket", address.to_string());
  set(descriptor, IPPROTO_TCP, TCP_NODELAY, 1);
  if (connect(descriptor, address.data(), address.size()) != 0 && errno != EINPROGRESS) {
    const Error error = failure("connect", address.to_string());
    close(descriptor);
    return error;
  }
  return descriptor;
}

}  // namespace mlgateway::net
