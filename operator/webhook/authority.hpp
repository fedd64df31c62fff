// Certificates of the operator's own making: keys on P-256, X.509 version 3 as RFC 5280 has it, all as PEM.
#pragma once

#include <string>
#include <vector>

#include "sidecar/base/clock.hpp"
#include "sidecar/base/result.hpp"

namespace mlgateway::webhook {

struct Pair {
  std::string certificate;
  std::string key;  // PKCS #8, not encrypted
  bool operator==(const Pair&) const = default;
};

// An authority that vouches for servers and for no further authority. It is good from five minutes before `now`, since
// clocks differ, until `until`. Each call makes a new key and a name that no other has. Internal when OpenSSL refuses.
Result<Pair> make_authority(WallTime now, WallTime until);

// A server's certificate by `authority`, for these DNS names and IP addresses (at least one).
Result<Pair> issue(const Pair& authority, const std::vector<std::string>& hosts, WallTime now, WallTime until);

// The last moment at which the first certificate of `pair` is good. InvalidConfig when it cannot be read, or when the
// key is another's.
Result<WallTime> good_until(const Pair& pair);

// Whether a server that shows `pair` is believed by who trusts nothing but `bundle` and asks for each of `hosts`.
bool is_vouched_for(const Pair& pair, const std::string& bundle, const std::vector<std::string>& hosts, WallTime now);

}  // namespace mlgateway::webhook
