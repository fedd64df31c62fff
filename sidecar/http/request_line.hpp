// The first line of a request (RFC 9112 3): method SP request-target SP HTTP-version.
#pragma once

#include <cstddef>
#include <string_view>

#include "sidecar/http/fault.hpp"
#include "sidecar/http/message.hpp"
#include "sidecar/http/strict.hpp"

namespace mlgateway::http {

// Longer than any registered method (UPDATEREDIRECTREF has 17 bytes), short enough to be a metric's label.
inline constexpr std::size_t kMaxMethodBytes = 32;

// `line` is without its CRLF. Fills method, target, path, query, minor_version, and of an absolute target authority
// and host.
Fault parse_request_line(std::string_view line, const HeadLimits& limits, RequestHead& out);

// "HTTP/1.0" and "HTTP/1.1" yield 0 and 1. Another well-formed version is UnsupportedHttpVersion.
Fault parse_version(std::string_view text, int& minor_version);

}  // namespace mlgateway::http
