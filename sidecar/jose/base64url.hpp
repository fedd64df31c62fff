// base64url as JOSE uses it: RFC 4648 section 5 without padding (RFC 7515 section 2).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mlgateway::jose {

// Nothing for any text that no encoder writes: characters outside of the alphabet, '=' and white space among them, a
// length that leaves a single character over, and last characters with bits that belong to no byte. So two texts never
// mean the same bytes.
std::optional<std::string> decode_base64url(std::string_view text);

// Whether `text` has characters of the alphabet only; the empty text does.
bool is_base64url(std::string_view text);

}  // namespace mlgateway::jose
