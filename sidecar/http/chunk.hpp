// The chunked framing of what the gateway writes (RFC 9112 7.1), as pieces of one gathered write.
#pragma once

#include <array>
#include <charconv>
#include <cstddef>
#include <span>
#include <string_view>

#include <sys/uio.h>

namespace mlgateway::http {

inline iovec piece(std::string_view bytes) { return {const_cast<char*>(bytes.data()), bytes.size()}; }

// Room for "1a4\r\n" of any size; lives until the write is over.
using ChunkSizeLine = std::array<char, 20>;

// Puts `data` as one chunk, and with `last` the end of the body and its trailers, behind the first `count` pieces (at
// most six more). Returns the new count.
inline std::size_t append_chunk(std::span<iovec> pieces, std::size_t count, ChunkSizeLine& size_line,
                                std::string_view data, bool last, std::string_view trailers) {
  if (!data.empty()) {
    char* end = std::to_chars(size_line.data(), size_line.data() + 16, data.size(), 16).ptr;
    *end++ = '\r';
    *end++ = '\n';
    pieces[count++] = {size_line.data(), static_cast<std::size_t>(end - size_line.data())};
    pieces[count++] = piece(data);
    pieces[count++] = piece("\r\n");
  }
  if (last) {
    pieces[count++] = piece("0\r\n");
    if (!trailers.empty()) pieces[count++] = piece(trailers);
    pieces[count++] = piece("\r\n");
  }
  return count;
}

}  // namespace mlgateway::http
