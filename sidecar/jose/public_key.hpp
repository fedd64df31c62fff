// Public keys as the library holds them, made of the numbers that a JWK gives.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "sidecar/base/result.hpp"
#include "sidecar/jose/algorithm.hpp"

struct evp_pkey_st;

namespace mlgateway::jose {

// Never changes; any number of threads may verify with it.
using PublicKey = std::shared_ptr<evp_pkey_st>;

// RSA of less than 2048 bits is refused (RFC 7518 section 3.3); one of more than 8192, or with an exponent of more than
// 64 bits, would let whoever serves keys decide how long a verification takes.
inline constexpr int kLeastRsaBits = 2048;
inline constexpr int kMostRsaBits = 8192;

// Each takes big-endian bytes and fails, as InvalidConfig, for what is no key of that kind: an RSA exponent that is
// even or 1, an EC coordinate of another length than the curve's, a point that is not on the curve.
Result<PublicKey> rsa_key(std::string_view modulus, std::string_view exponent);
Result<PublicKey> ec_key(KeyType curve, std::string_view x, std::string_view y);
Result<PublicKey> ed25519_key(std::string_view bytes);

}  // namespace mlgateway::jose
