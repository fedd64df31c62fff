#include "sidecar/http/body.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

namespace mlgateway::http {

void BodyDecoder::begin(Framing framing, std::uint64_t content_length) {
  framing_ = framing;
  remaining_ = framing == Framing::Length ? content_length : 0;
  finished_ = framing == Framing::None || (framing == Framing::Length && content_length == 0);
  if (framing == Framing::Chunked) chunked_ = ChunkedDecoder{};
}

Result<BodyDecoder::Piece> BodyDecoder::decode(std::span<char> input) {
  if (finished_ || input.empty()) return Piece{};
  const std::string_view bytes{input.data(), input.size()};
  if (framing_ == Framing::UntilClose) return Piece{bytes, bytes.size()};
  if (framing_ == Framing::Length) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, bytes.size()));
    remaining_ -= size;
    finished_ = remaining_ == 0;
    return Piece{bytes.substr(0, size), size};
  }
  return decode_chunks(input);
}

Result<BodyDecoder::Piece> BodyDecoder::decode_chunks(std::span<char> input) {
  Piece whole;
  while (whole.consumed < input.size() && !finished_) {
    const auto step = chunked_.step({input.data() + whole.consumed, input.size() - whole.consumed});
    if (!step) return step.error();
    whole.consumed += step->consumed;
    finished_ = step->done;
    if (step->data.empty()) continue;
    if (whole.data.empty()) {
      whole.data = step->data;
      continue;
    }
    char* const end = const_cast<char*>(whole.data.data()) + whole.data.size();  // within `input`, left of step->data
    std::memmove(end, step->data.data(), step->data.size());
    whole.data = {whole.data.data(), whole.data.size() + step->data.size()};
  }
  return whole;
}

bool BodyDecoder::end_of_input() {
  if (framing_ == Framing::UntilClose) finished_ = true;
  return finished_;
}

std::uint64_t BodyDecoder::wanted() const {
  if (finished_) return 0;
  return framing_ == Framing::Length ? remaining_ : std::numeric_limits<std::uint64_t>::max();
}

}  // namespace mlgateway::http
