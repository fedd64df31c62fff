// The parts of parse() that have a file of their own. Each refuses fields that the contract does not have.
#pragma once

#include "sidecar/config/gateway_config.hpp"
#include "sidecar/config/json_reader.hpp"

namespace mlgateway::config {

inline Milliseconds read_milliseconds(const JsonValue& value) { return Milliseconds(value.number<std::int64_t>()); }

inline std::string read_text(const JsonValue& value) { return value.text(); }

Digest read_digest(const JsonValue& value);
Authorization read_authorization(const JsonValue& value);
IdentityHeader read_identity_header(const JsonValue& value);
AuthMethod read_method(const JsonValue& value);
Cost read_cost(const JsonValue& value);
Cache read_cache(const JsonValue& value);
Quota read_quota(const JsonValue& value);

}  // namespace mlgateway::config
