// The signature algorithms of RFC 7518 and RFC 8037 that the gateway trusts, and the keys that each of them wants.
//
// `none` and the symmetric HS256, HS384 and HS512 are not among them and never will be: whoever can check an HMAC can
// make one, and a public key taken for an HMAC's secret is the oldest attack on JWT (RFC 8725 section 2.1).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace mlgateway::jose {

enum class Algorithm : std::uint8_t { RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA };
inline constexpr std::size_t kAlgorithmCount = 10;

enum class KeyType : std::uint8_t { Rsa, P256, P384, P521, Ed25519 };

// Nothing for every other name. Names are compared exactly.
std::optional<Algorithm> algorithm_named(std::string_view name);
std::string_view name(Algorithm algorithm);

// The one type of key that the algorithm is used with: ES256 wants P-256 and no other curve (RFC 7518 section 3.4).
KeyType key_type_of(Algorithm algorithm);

}  // namespace mlgateway::jose
