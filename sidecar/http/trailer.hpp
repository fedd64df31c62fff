// Which fields may come behind a body (RFC 9110 6.5.1).
#pragma once

#include "sidecar/http/message.hpp"

namespace mlgateway::http {

// False for what the gateway has read or set at the head already, and for what frames, routes, authenticates,
// conditions or describes a message: whoever merges trailers into the head must not find a second opinion there.
bool may_be_trailer(const Field& field);

}  // namespace mlgateway::http
