// The strict check of message heads and chunked bodies (RFC 9110, RFC 9112).
//
// What two parsers could read differently is refused, never repaired: bare CR or LF, obs-fold, white space before a
// colon, an empty or invalid field name, control characters, two Hosts, none or a bad one in HTTP/1.1, Content-Length
// that is not one plain number (identical repetitions included), Content-Length beside Transfer-Encoding, any
// transfer coding but exactly "chunked"; dot segments, empty segments and encoded slashes in a path; two Content-Types,
// names that imitate a field of the gateway's with underscores, and Connection options that name an end-to-end one.
// Pure functions of bytes; nothing here reads a socket or a clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "sidecar/base/result.hpp"
#include "sidecar/http/message.hpp"

namespace mlgateway::http {

struct HeadLimits {
  std::size_t max_head_bytes = 32u << 10;   // HeadTooLarge, 431
  std::size_t max_target_bytes = 8u << 10;  // UriTooLong, 414
};

// Finds the end of a head in a buffer that grows, looking at every byte once however it arrives, and refuses at the
// first byte that no head may contain, so that nobody waits for the end of something hopeless.
class HeadScanner {
 public:
  explicit HeadScanner(const HeadLimits& limits = {}) : limits_(limits) {}

  // `buffer` is all that has arrived since the head began (the bytes of earlier calls included).
  // Returns the size of the head once it is complete (at most one leading CRLF is part of it), 0 while it is not.
  Result<std::size_t> scan(std::string_view buffer);
  void reset();

 private:
  HeadLimits limits_;
  std::size_t position_ = 0;  // bytes already looked at
  std::size_t line_start_ = 0;
  bool first_line_seen_ = false;
};

// `head` is exactly the complete head that the scanner found.
Status parse_request_head(std::string_view head, const HeadLimits& limits, RequestHead& out);
// `request_method` decides the framing of the answer (HEAD has no body).
Status parse_response_head(std::string_view head, std::string_view request_method, ResponseHead& out);

// Decodes a chunked body, byte by byte if it comes so. Chunk extensions are checked and dropped; trailers are kept
// apart from head fields, and those that must not come as trailers (framing, routing, authentication) are dropped.
class ChunkedDecoder {
 public:
  struct Step {
    std::size_t consumed = 0;  // of the input
    std::string_view data;     // body bytes found in it (a part of the input), perhaps none
    bool done = false;         // the body is complete; what follows in the input belongs to the next message
  };
  // Call again with what follows after `consumed` until done. Fails with MalformedRequest (the caller of the
  // upstream side turns it into UpstreamMalformed), once the data in front of the fault has been handed out; then for
  // good.
  Result<Step> step(std::string_view input);

  // The trailer section as "name: value\r\n" lines, once done; empty when there was none.
  const std::string& trailers() const { return trailers_; }

 private:
  enum class State : std::uint8_t {
    SizeFirst,
    Size,
    SizeLf,
    ExtensionName,
    ExtensionNameRest,
    ExtensionValue,
    ExtensionToken,
    ExtensionQuoted,
    ExtensionEscape,
    ExtensionQuotedEnd,
    Data,
    DataCr,
    DataLf,
    TrailerStart,
    Trailer,
    TrailerLf,
    EndLf,
    Done,
    Failed,
  };

  bool accept(char byte);  // one byte of anything but data; false when it must not be there
  bool accept_size(char byte);
  bool accept_extension(char byte);
  bool accept_trailer(char byte);
  bool end_trailer_line();

  State state_ = State::SizeFirst;
  std::uint64_t remaining_ = 0;  // bytes of the current chunk
  std::size_t size_digits_ = 0;
  std::size_t section_bytes_ = 0;  // of the current extensions or of all trailers: bounded
  std::size_t trailer_lines_ = 0;
  std::string line_;  // the trailer line being read
  std::string trailers_;
};

}  // namespace mlgateway::http
