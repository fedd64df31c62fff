// Signatures (RFC 7518 section 3, RFC 8037): a token against the keys of its issuer.
#pragma once

#include <string_view>

#include "sidecar/base/result.hpp"
#include "sidecar/jose/compact.hpp"
#include "sidecar/jose/key_set.hpp"

namespace mlgateway::jose {

// How many keys are tried for a token that could be by any of them. A token is not allowed to choose how long it keeps
// a processor busy; an issuer with more keys of one kind names the right one.
inline constexpr std::size_t kMostTries = 8;

// Whether `signature` is `algorithm`'s of `input` by the owner of the key. The key must fit the algorithm. Signatures
// of ECDSA have exactly the length of RFC 7518 section 3.4; RSA-PSS has a salt as long as its hash. Safe from any
// thread.
bool verify(const PublicKey& key, Algorithm algorithm, std::string_view input, std::string_view signature);

// Tries the keys that fit the token's algorithm and are not known by another name than the token's `kid`.
//   TokenKeyUnknown        there is none
//   TokenSignatureInvalid  none of them signed it, or more than kMostTries would have to be tried
Status verify(const SignedToken& token, const KeySet& keys);

}  // namespace mlgateway::jose
