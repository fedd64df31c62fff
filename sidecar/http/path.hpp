// Path and query of a request target (RFC 3986 3.3 and 3.4), checked for what model servers read in different ways.
#pragma once

#include <string_view>

#include "sidecar/http/fault.hpp"

namespace mlgateway::http {

// `path` must begin with '/'. Refused: bytes other than visible ASCII, '\' and '#', invalid escapes, escapes of control
// characters, '/' and '\', empty segments (but for the last), and dot segments however they are spelled: "..",
// "%2e.", and "..;x", which Java servers cut at the semicolon.
Fault check_path(std::string_view path);

// Visible ASCII without '#', with valid escapes; an escape may stand for any byte here.
Fault check_query(std::string_view query);

}  // namespace mlgateway::http
