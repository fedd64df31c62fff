// Strings of unknown origin as JSON strings (RFC 8259), appended to a line that is being written.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mlgateway {

// Appends `text` in quotes. Control characters are escaped, invalid UTF-8 becomes U+FFFD byte by byte, so the result is
// valid JSON and one line whatever a caller sent.
void append_json_string(std::string& out, std::string_view text);

// The same into a buffer with room for json_text_bound(max_bytes), for lines that must cost nanoseconds. At most
// `max_bytes` of `text` are taken, cut between characters; that something was cut shows as a trailing "...".
// Returns the end of what was written.
char* write_json_string(char* out, std::string_view text, std::size_t max_bytes);

// Six characters for a byte at worst, the quotes, and the trailing "...".
constexpr std::size_t json_text_bound(std::size_t max_bytes) { return 6 * max_bytes + 5; }

}  // namespace mlgateway
