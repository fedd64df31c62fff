// The body of one message as it arrives: framing taken off, bytes handed on without a copy.
//
// Pure: it is fed with what was read and gives back what of that is body. Used for requests and for the model's
// answers.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "sidecar/base/result.hpp"
#include "sidecar/http/message.hpp"
#include "sidecar/http/strict.hpp"

namespace mlgateway::http {

class BodyDecoder {
 public:
  void begin(Framing framing, std::uint64_t content_length);

  struct Piece {
    std::string_view data;     // body bytes: a part of the input, perhaps none
    std::size_t consumed = 0;  // bytes of the input that belong to this message
  };
  // Takes all of `input` that belongs to the message. Small chunks are moved together in place, so that a body sent in
  // crumbs is handed on in one piece; call again with what was read after it, until finished().
  Result<Piece> decode(std::span<char> input);
  // The model has closed: the end of a body framed so, a truncation of any other.
  bool end_of_input();

  bool finished() const { return finished_; }
  // How much more can usefully be read without going past the body; a guess where the framing does not tell.
  std::uint64_t wanted() const;
  const std::string& trailers() const { return chunked_.trailers(); }

 private:
  Result<Piece> decode_chunks(std::span<char> input);

  Framing framing_ = Framing::None;
  std::uint64_t remaining_ = 0;
  bool finished_ = true;
  ChunkedDecoder chunked_;
};

}  // namespace mlgateway::http
