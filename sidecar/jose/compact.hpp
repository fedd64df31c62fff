// A JWS in compact form (RFC 7515 section 7.1), taken apart; nothing about it is believed yet.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "sidecar/base/result.hpp"
#include "sidecar/jose/algorithm.hpp"

namespace mlgateway::jose {

inline constexpr std::size_t kMostTokenBytes = 16u << 10;

struct SignedToken {
  Algorithm algorithm = Algorithm::RS256;
  std::optional<std::string> key_id;  // "kid", a hint and no more
  std::string_view signing_input;     // points into the text it was read from
  std::string payload;
  std::string signature;
};

// Three parts of base64url between two dots, of which only the last may be empty: what is told from an opaque
// credential by its look alone. Any length.
bool has_compact_shape(std::string_view text);

// TokenMalformed for what is no such token or has a header that is not taken: over 16 KiB; base64url or JSON that is
// none; a member that stands twice; `crit`, since no extension is understood; `b64`, whose meaning it would change; a
// `typ` other than JWT and at+jwt (RFC 8725 section 3.11, RFC 9068). TokenAlgorithmNotAllowed for an `alg` that is none
// of Algorithm. Keys and addresses of keys in the header (jwk, jku, x5c, x5u) are not looked at.
Result<SignedToken> parse_compact(std::string_view text);

}  // namespace mlgateway::jose
