// Credentials that were refused, by the address they came from: whoever guesses is not verified without end.
//
// Any thread: one mutex, held for a look-up, and only asked where a signature or a provider would have to be. Bounded:
// when it is full, whoever came first is forgotten.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string_view>
#include <vector>

#include "sidecar/base/clock.hpp"

namespace mlgateway::auth {

class Failures {
 public:
  static constexpr std::size_t kMostAddresses = 8192;
  static constexpr int kBurst = 100;
  static constexpr std::chrono::milliseconds kEach{100};  // until one of them is forgiven

  explicit Failures(std::size_t most = kMostAddresses);

  // `client` is an address as text; those of one IPv6 /64 are one, since it is the least that anybody is given.
  void count(std::string_view client, WallTime now);
  bool too_many(std::string_view client, WallTime now) const;

 private:
  using Address = std::array<std::uint8_t, 9>;
  static Address address_of(std::string_view client);

  const std::size_t most_;
  mutable std::mutex mutex_;
  std::map<Address, WallTime> forgiven_;  // when the last failure is; under mutex_
  std::vector<Address> ring_;             // all of them, in the order in which they came; under mutex_
  std::size_t oldest_ = 0;                // under mutex_
};

}  // namespace mlgateway::auth
