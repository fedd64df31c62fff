// The claims of a token (RFC 7519 section 4.1), judged against what a method of a route asks.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "sidecar/base/clock.hpp"
#include "sidecar/base/result.hpp"

namespace mlgateway::jose {

struct ClaimRules {
  std::string issuer;
  std::vector<std::string> audiences;  // one of them must be the token's; of a JWT, never empty
  std::chrono::milliseconds leeway{0};
};

// The payload as an object, or TokenMalformed.
Result<nlohmann::json> read_claims(std::string_view payload);

// `iss`; empty when there is none.
std::string issuer_of(const nlohmann::json& claims);

// When the token stops being good: `exp` plus the leeway.
//   TokenIssuerUnknown     `iss` is not exactly the issuer
//   TokenAudienceMismatch  `aud`, a string or a list of strings, names none of the audiences
//   CredentialExpired      `exp` plus the leeway has come
//   TokenNotYetValid       `nbf` or `iat` is later than now plus the leeway
//   TokenClaimsInvalid     there is no `exp`, or a date is no number of seconds from 1970 to the end of the year 9999
// Dates may have fractions of a second.
Result<WallTime> check_claims(const nlohmann::json& claims, const ClaimRules& rules, WallTime now);

// The same for what a provider says of an active token (RFC 7662 section 2.2), who has judged it already and need not
// repeat what it says: `iss`, `nbf` and `exp` only where they are there, `aud` only where there are audiences. When the
// token stops being good: `exp`, without leeway; nothing when it is not said.
Result<std::optional<WallTime>> check_introspected(const nlohmann::json& claims, const ClaimRules& rules, WallTime now);

}  // namespace mlgateway::jose
