// The head of a model's answer, taken step by step from what has arrived of it.
//
// Pure: it is given a connection's buffer and says what is to be done next.
#pragma once

#include <string_view>

#include "sidecar/base/result.hpp"
#include "sidecar/http/buffer.hpp"
#include "sidecar/http/strict.hpp"

namespace mlgateway::upstream {

class HeadReader {
 public:
  enum class Next {
    Read,     // more is needed: read into the buffer's space, which is not empty, and ask again
    Interim,  // a 1xx, to be relayed or not; then consume its head.size and ask again
    Answer,   // the head of the answer; it still lies in the buffer
  };
  // Fills in `head`, which points into the buffer. Fails with UpstreamMalformed.
  Result<Next> next(http::Buffer& buffer, std::string_view request_method, http::ResponseHead& head);

 private:
  http::HeadScanner scanner_;
  int interim_ = 0;
};

}  // namespace mlgateway::upstream
