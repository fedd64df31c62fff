// How the end of a body is told (RFC 9112 6): read from the fields once, the same for requests and answers.
#pragma once

#include <cstdint>

#include "sidecar/http/fault.hpp"
#include "sidecar/http/message.hpp"

namespace mlgateway::http {

struct StatedFraming {
  bool chunked = false;
  bool has_content_length = false;
  std::uint64_t content_length = 0;
};

// Refused: a second Content-Length or Transfer-Encoding (even an equal one), a length that is not 1 to 19 digits, both
// fields in one message, and Transfer-Encoding in HTTP/1.0. A well-formed coding other than chunked is
// UnsupportedTransferCoding.
Fault read_framing(const Fields& fields, int minor_version, StatedFraming& out);

}  // namespace mlgateway::http
