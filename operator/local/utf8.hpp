// Whether bytes are UTF-8 text (RFC 3629).
#pragma once

#include <cstddef>
#include <string_view>

namespace mlgateway::local {

// The offset of the first byte that begins no valid sequence; text.size() when all is valid.
std::size_t find_invalid_utf8(std::string_view text);

}  // namespace mlgateway::local
