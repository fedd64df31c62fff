#include "sidecar/upstream/head_reader.hpp"

#include <algorithm>

namespace mlgateway::upstream {
namespace {

// A model that sends more interim answers than this before the real one is broken.
constexpr int kMaxInterim = 16;

}  // namespace

Result<HeadReader::Next> HeadReader::next(http::Buffer& buffer, std::string_view request_method,
                                          http::ResponseHead& head) {
  const Result<std::size_t> size = scanner_.scan(buffer.view());
  if (!size) return Error(Reason::UpstreamMalformed, size.error().message);
  if (*size == 0) {
    if (buffer.free() == 0) buffer.compact();  // interim answers may have gone before
    if (buffer.free() == 0) buffer.reserve(std::max(2 * buffer.view().size(), http::Buffer::kSmall));
    return Next::Read;
  }
  const Status parsed = http::parse_response_head(buffer.view().substr(0, *size), request_method, head);
  if (!parsed) return Error(Reason::UpstreamMalformed, parsed.error().message);
  if (head.status >= 200) return Next::Answer;
  if (head.status == 101) return Error(Reason::UpstreamMalformed, "model switches protocols unasked");
  if (++interim_ == kMaxInterim) return Error(Reason::UpstreamMalformed, "model sends interim answers without end");
  scanner_.reset();
  return Next::Interim;
}

}  // namespace mlgateway::upstream
