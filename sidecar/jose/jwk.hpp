// A JSON Web Key (RFC 7517) that signatures are verified with.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include <nlohmann/json_fwd.hpp>

#include "sidecar/base/result.hpp"
#include "sidecar/jose/algorithm.hpp"
#include "sidecar/jose/public_key.hpp"

namespace mlgateway::jose {

struct Jwk {
  std::optional<std::string> id;       // "kid"
  std::optional<Algorithm> algorithm;  // "alg": the only one that it may be used with
  KeyType type = KeyType::Rsa;
  PublicKey key;
};

// Whether a signature by `algorithm` may be verified with the key: the type must be the algorithm's, and so must "alg"
// where the key has one (RFC 8725 section 3.1).
bool fits(const Jwk& key, Algorithm algorithm);

// Why a key of a set is not used, though the set is: another purpose, an unknown type, or broken.
struct Unusable {
  std::string words;
};

// A key with private members is an InvalidConfig: it lies where everybody reads, so the signatures of its owner prove
// nothing any more, and he has to hear of it. Embedded certificates and URLs (x5c, x5u) are not looked at.
Result<std::variant<Jwk, Unusable>> read_jwk(const nlohmann::json& object);

}  // namespace mlgateway::jose
