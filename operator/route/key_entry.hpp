// One entry of a Secret: a key in clear or its digest.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "sidecar/config/gateway_config.hpp"

namespace mlgateway::route {

// The digest of the key, or the reason why the entry opens nothing: WeakKey, MalformedKey or MalformedDigest.
// A line break at the end, which no header field can carry, is not part of the key.
std::variant<config::Digest, std::string> read_key_entry(std::string_view value);

}  // namespace mlgateway::route
