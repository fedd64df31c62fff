// Whether bytes are UTF-8 text: table 3-7 of the Unicode standard (RFC 3629), so over-long forms, surrogates and
// everything above U+10FFFF are none.
#pragma once

#include <cstddef>
#include <string_view>

namespace mlgateway {

// The length of the well-formed sequence that `text` (not empty) begins with, 0 when there is none.
std::size_t utf8_sequence_length(std::string_view text);

// The offset of the first byte that begins no well-formed sequence; text.size() when all is valid.
std::size_t find_invalid_utf8(std::string_view text);

}  // namespace mlgateway
