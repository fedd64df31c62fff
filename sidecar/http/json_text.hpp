// JSON string literals (RFC 8259 7).
#pragma once

#include <string>
#include <string_view>

namespace mlgateway::http {

// Appends `text` in quotes. Every byte sequence is allowed: what is no UTF-8 becomes U+FFFD.
void append_json_string(std::string& out, std::string_view text);

}  // namespace mlgateway::http
