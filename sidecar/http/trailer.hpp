// Which fields may come behind a body (RFC 9110 6.5.1).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "sidecar/http/message.hpp"

namespace mlgateway::http {

// False for what the gateway has read or set at the head already, and for what frames, routes, authenticates,
// conditions or describes a message: whoever merges trailers into the head must not find a second opinion there.
bool may_be_trailer(const Field& field);

// Appends the lines of `trailers` (each "name: value\r\n") but those that may be read as one of these names: a
// field that may carry a route's keys, or tells a model who calls, does so behind the body too.
void append_trailers_except(std::string& out, std::string_view trailers, std::span<const std::string> names);

}  // namespace mlgateway::http
