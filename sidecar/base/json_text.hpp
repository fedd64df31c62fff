// Strings of unknown origin as JSON strings (RFC 8259), appended to a line that is being written.
#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>

namespace mlgateway {

// Appends `text` in quotes. Control characters are escaped, invalid UTF-8 becomes U+FFFD byte by byte, so the result is
// valid JSON and one line whatever a caller sent. At most `max_bytes` of `text` are taken, cut between characters; what
// was cut shows as a trailing "...".
void append_json_string(std::string& out, std::string_view text,
                        std::size_t max_bytes = std::numeric_limits<std::size_t>::max());

}  // namespace mlgateway
