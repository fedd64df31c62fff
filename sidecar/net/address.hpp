// An IP address and port, as the socket calls want them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <netinet/in.h>
#include <sys/socket.h>

#include "sidecar/base/result.hpp"

namespace mlgateway::net {

class Address {
 public:
  Address() = default;
  Address(const sockaddr* address, socklen_t size);

  // A numeric IPv4 or IPv6 address (without brackets); nothing for a name.
  static std::optional<Address> numeric(std::string_view host, std::uint16_t port);
  // "127.0.0.1:8080", "[::1]:8080", ":8080" (any address). An Error says what is wrong with it.
  static Result<Address> parse(std::string_view text);

  const sockaddr* data() const { return reinterpret_cast<const sockaddr*>(&storage_); }
  socklen_t size() const { return size_; }
  int family() const { return storage_.ss_family; }
  std::uint16_t port() const;
  Address with_port(std::uint16_t port) const;

  std::string host() const;       // "::1"
  std::string to_string() const;  // "[::1]:8080"

 private:
  sockaddr_storage storage_{};
  socklen_t size_ = 0;
};

// A listening, non-blocking socket, shared by port with the other workers (SO_REUSEPORT).
Result<int> listen_on(const Address& address, int backlog);
Address local_address(int descriptor);

// Begins to connect without waiting; the descriptor is non-blocking and sends small segments at once.
Result<int> begin_connect(const Address& address);

}  // namespace mlgateway::net
