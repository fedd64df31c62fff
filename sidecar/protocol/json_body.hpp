// A body as parsed JSON: the one place that owns a simdjson parser.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include <simdjson.h>

#include "sidecar/base/result.hpp"

namespace mlgateway::protocol {

// Keeps its memory for bodies of ordinary size. Not safe for two threads.
class JsonBody {
 public:
  JsonBody();

  // The first `size` bytes of `body`, all of which must be JSON (RFC 8259, UTF-8, no byte order mark). The content of
  // `body` is not changed; its capacity grows when there is no room for kBodyPadding behind it. What is returned is
  // valid until the next call of either function. BodyInvalid for text that is no JSON, numbers beyond a double or 64
  // bits included (RFC 8259 section 6 leaves the range to the reader), and for more than kMaxBodyDepth levels.
  Result<simdjson::dom::element> parse(std::string& body, std::size_t size);

  // To be called when the root is no longer needed: gives back the memory of a large body.
  void rest();

 private:
  std::unique_ptr<simdjson::dom::parser> parser_;
};

}  // namespace mlgateway::protocol
