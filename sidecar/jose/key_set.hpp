// A JSON Web Key Set (RFC 7517 section 5): the keys of one issuer.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sidecar/jose/jwk.hpp"

namespace mlgateway::jose {

inline constexpr std::size_t kMostKeySetBytes = 256u << 10;
inline constexpr std::size_t kMostKeys = 64;

struct KeySet {
  std::vector<Jwk> keys;
  std::vector<std::string> unusable;  // "keys[3]: words", one for each that was left out
};

// Keys that are broken, of another purpose or of an unknown type are left out and named, as RFC 7517 section 5 asks, so
// that one of them does not close the door to everybody. The whole set is an InvalidConfig when it is no set, is larger
// than the above, or shows a private key. A set without any usable key is a good set that nobody passes.
Result<KeySet> read_key_set(std::string_view text);

}  // namespace mlgateway::jose
