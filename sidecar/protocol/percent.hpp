// Percent-encoding (RFC 3986 2.1), read once, as every server behind us reads it.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace mlgateway::protocol {

// The decoded text: `encoded` itself when there is nothing to decode, else a part of `buffer`. Stops when the buffer
// is full, which a caller sees by the size. Nothing for an escape that is none, and for one of a slash or NUL, which
// would mean another path to us than to the model.
std::optional<std::string_view> percent_decode(std::string_view encoded, std::span<char> buffer);

}  // namespace mlgateway::protocol
