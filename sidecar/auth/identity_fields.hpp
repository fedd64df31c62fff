// The fields in which a model is told who calls. Nobody but the gateway can write them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sidecar/auth/principal.hpp"
#include "sidecar/config/gateway_config.hpp"

namespace mlgateway::auth {

// Whether a caller's field would be taken for one of them: without regard to case, and with '_' for '-', since servers
// that give fields to programs as variables (CGI, WSGI) make both the same.
bool is_identity_field(const std::vector<config::IdentityHeader>& headers, std::string_view name);

// Appends their lines. What is not visible ASCII, and '%', is percent-encoded (RFC 3986 section 2.1), so that a name
// can neither end a line nor be mistaken for another. What the caller does not have is left out; of an anonymous caller
// that is everything but the method.
void append_identity_fields(std::string& out, const std::vector<config::IdentityHeader>& headers,
                            const Principal& principal);

}  // namespace mlgateway::auth
