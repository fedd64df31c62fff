// Whom the claims of a token name.
#pragma once

#include <memory>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "sidecar/auth/identity.hpp"
#include "sidecar/base/result.hpp"

namespace mlgateway::auth {

// Where a method finds what it needs to know of a caller; each as jose/claim_path has it. Refers to the method's rules.
struct CallerClaims {
  const std::string& issuer;
  const std::string& principal;
  const std::string& tenant;     // empty: nobody has one
  const config::Labels& labels;  // label -> claim
};

// The caller, without method, end and keys. TokenClaimsInvalid when the principal's claim, or a tenant's that is there,
// is no plain text.
Result<std::shared_ptr<Identity>> identify(const nlohmann::json& claims, const CallerClaims& wanted);

}  // namespace mlgateway::auth
