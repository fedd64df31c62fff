#include "sidecar/auth/failures.hpp"

#include <algorithm>
#include <string>

#include <arpa/inet.h>

namespace mlgateway::auth {

Failures::Failures(std::size_t most) : most_(std::max<std::size_t>(1, most)) {}

// The generic cell rate algorithm, as limits/rate has it.
void Failures::count(std::string_view client, WallTime now) {
  const Address address = address_of(client);
  const std::lock_guard lock(mutex_);
  const auto [known, is_new] = forgiven_.try_emplace(address, now);
  // Never later, so that whoever stops is let in again, however often he has failed by then.
  known->second = std::min(std::max(known->second, now) + kEach, now + kBurst * kEach);
  if (!is_new) return;
  if (ring_.size() < most_) {
    ring_.push_back(address);
    return;
  }
  forgiven_.erase(ring_[oldest_]);
  ring_[oldest_] = address;
  oldest_ = (oldest_ + 1) % most_;
}

bool Failures::too_many(std::string_view client, WallTime now) const {
  const Address address = address_of(client);
  const std::lock_guard lock(mutex_);
  const auto known = forgiven_.find(address);
  return known != forgiven_.end() && known->second - now > (kBurst - 1) * kEach;
}

Failures::Address Failures::address_of(std::string_view client) {
  const std::string text(client);
  std::array<std::uint8_t, 16> bytes{};
  Address address{};
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) {
    address[0] = 6;
    std::copy_n(bytes.begin(), 8, address.begin() + 1);
  } else if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) {
    address[0] = 4;
    std::copy_n(bytes.begin(), 4, address.begin() + 1);
  }
  return address;
}

}  // namespace mlgateway::auth
