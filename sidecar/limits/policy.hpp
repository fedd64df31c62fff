// What RateLimit fields say of a limit that stays the same from answer to answer
// (draft-ietf-httpapi-ratelimit-headers-11, structured fields of RFC 9651). Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sidecar/config/gateway_config.hpp"

namespace mlgateway::limits {

struct Policy {
  std::string name;         // by which the limit is told
  std::string description;  // its item in RateLimit-Policy, such as "daily";q=1000;w=86400
  std::string remaining;    // its item in RateLimit up to the number: "daily";r=
};

// A rate is described by its burst and the time that fills it. Whole units, rounded down; a cost says its unit in the
// parameter mlgateway-unit.
Policy policy_of(std::string name, const config::Limit& limit, std::string_view cost_unit);

// An Integer of RFC 9651, which has fifteen digits.
void append_integer(std::string& out, std::int64_t number);

}  // namespace mlgateway::limits
