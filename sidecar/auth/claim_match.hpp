// The claims of a token against what a route's rules ask of them.
#pragma once

#include <cstdint>

#include <nlohmann/json_fwd.hpp>

#include "sidecar/config/authorization.hpp"

namespace mlgateway::auth {

// How a test reads a claim; one that is not there meets none.
//   Equals, OneOf  a string as it is, an integer or a boolean in JSON's words
//   Prefix         the beginning of a string
//   Contains       one of a list's items, each as with Equals; of a string one of its words between spaces
// Contains so reads OAuth's `scope` as RFC 6749 section 3.3 writes it and as a list.
bool meets(const nlohmann::json& claims, const config::ClaimMatch& match);

// Bit i: the token has all claims that the i-th rule asks for.
std::uint32_t rules_met(const nlohmann::json& claims, const config::Authorization& authorization);

}  // namespace mlgateway::auth
