// Base64 (RFC 4648 section 4) as the `data` of Secrets holds it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mlgateway::api {

// Strict but for line breaks, which Kubernetes reads over too: padding must be there, left-over bits must be zero.
std::optional<std::string> decode_base64(std::string_view text);

// With padding, in one line.
std::string encode_base64(std::string_view bytes);

}  // namespace mlgateway::api
