// host[:port] of a request (RFC 3986 3.2.2 and 3.2.3).
#pragma once

#include <string_view>

#include "sidecar/http/fault.hpp"

namespace mlgateway::http {

// `host` becomes the part of `authority` without port and without the brackets of an IPv6 address. Refused: an empty
// host, user information, a port above 65535, IPvFuture and zones (nobody routes by them), and escapes of ASCII
// characters, which are either needless or hide a delimiter. An empty port ("host:") is legal.
Fault parse_authority(std::string_view authority, std::string_view& host);

}  // namespace mlgateway::http
