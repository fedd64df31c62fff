// ChunkedDecoder: a state machine over bytes, so that it does not matter how they arrive (RFC 9112 7.1).
#include <algorithm>

#include "sidecar/http/character.hpp"
#include "sidecar/http/fault.hpp"
#include "sidecar/http/field_section.hpp"
#include "sidecar/http/strict.hpp"
#include "sidecar/http/trailer.hpp"

namespace mlgateway::http {
namespace {

// Sixteen hexadecimal digits are all of 64 bits; more could only overflow.
constexpr std::size_t kMaxSizeDigits = 16;
// Nobody needs extensions; AWS signs chunks with about 90 bytes of them.
constexpr std::size_t kMaxExtensionBytes = 4 << 10;
constexpr std::size_t kMaxTrailerBytes = 8 << 10;
constexpr std::size_t kMaxTrailerLines = 32;

}  // namespace

Result<ChunkedDecoder::Step> ChunkedDecoder::step(std::string_view input) {
  Step step;
  while (state_ != State::Done && step.consumed < input.size()) {
    if (state_ != State::Data) {
      if (!accept(input[step.consumed])) state_ = State::Failed;
      if (state_ == State::Failed && !step.data.empty()) return step;
      if (state_ == State::Failed) return refusal_of({"chunked body is malformed"});
      ++step.consumed;
      continue;
    }
    if (!step.data.empty()) return step;  // the next chunk's data belongs to the next step
    const auto available = static_cast<std::uint64_t>(input.size() - step.consumed);
    const auto taken = static_cast<std::size_t>(std::min(remaining_, available));
    step.data = input.substr(step.consumed, taken);
    step.consumed += taken;
    remaining_ -= taken;
    if (remaining_ == 0) state_ = State::DataCr;
  }
  step.done = state_ == State::Done;
  return step;
}

bool ChunkedDecoder::accept(char byte) {
  switch (state_) {
    case State::SizeFirst:
    case State::Size:
    case State::SizeLf: return accept_size(byte);
    case State::DataCr: state_ = State::DataLf; return byte == '\r';
    case State::DataLf: state_ = State::SizeFirst; return byte == '\n';
    case State::TrailerStart:
    case State::Trailer:
    case State::TrailerLf:
    case State::EndLf: return accept_trailer(byte);
    case State::Data:
    case State::Done:
    case State::Failed: return false;
    default: return accept_extension(byte);
  }
}

bool ChunkedDecoder::accept_size(char byte) {
  if (state_ == State::SizeLf) {
    state_ = remaining_ == 0 ? State::TrailerStart : State::Data;
    section_bytes_ = 0;
    return byte == '\n';
  }
  if (state_ == State::SizeFirst) {
    remaining_ = 0;
    size_digits_ = 0;
    section_bytes_ = 0;
  }
  if (const int digit = hex_value(byte); digit >= 0) {
    state_ = State::Size;
    remaining_ = remaining_ * 16 + static_cast<std::uint64_t>(digit);
    return ++size_digits_ <= kMaxSizeDigits;
  }
  if (state_ == State::SizeFirst) return false;
  state_ = byte == ';' ? State::ExtensionName : State::SizeLf;
  return byte == ';' || byte == '\r';
}

// *( ";" name [ "=" ( token / quoted-string ) ] ); the white space that RFC 9112 calls bad is refused.
bool ChunkedDecoder::accept_extension(char byte) {
  if (++section_bytes_ > kMaxExtensionBytes) return false;
  const bool ends_one = byte == ';' || byte == '\r';
  switch (state_) {
    case State::ExtensionName: state_ = State::ExtensionNameRest; return is_token_char(byte);
    case State::ExtensionNameRest:
      if (byte == '=') state_ = State::ExtensionValue;
      if (byte == '=' || is_token_char(byte)) return true;
      break;
    case State::ExtensionValue:
      state_ = byte == '"' ? State::ExtensionQuoted : State::ExtensionToken;
      return byte == '"' || is_token_char(byte);
    case State::ExtensionToken:
      if (is_token_char(byte)) return true;
      break;
    case State::ExtensionQuoted:
      if (byte == '"') state_ = State::ExtensionQuotedEnd;
      if (byte == '\\') state_ = State::ExtensionEscape;
      return is_text(byte);
    case State::ExtensionEscape: state_ = State::ExtensionQuoted; return is_text(byte);
    default: break;
  }
  state_ = byte == ';' ? State::ExtensionName : State::SizeLf;
  return ends_one;
}

bool ChunkedDecoder::accept_trailer(char byte) {
  if (++section_bytes_ > kMaxTrailerBytes) return false;
  switch (state_) {
    case State::EndLf: state_ = State::Done; return byte == '\n';
    case State::TrailerLf: state_ = State::TrailerStart; return byte == '\n' && end_trailer_line();
    case State::TrailerStart:
      if (byte == '\r') {
        state_ = State::EndLf;
        return true;
      }
      state_ = State::Trailer;
      line_.clear();
      break;
    default:
      if (byte == '\r') {
        state_ = State::TrailerLf;
        return true;
      }
  }
  line_.push_back(byte);
  return is_text(byte);
}

bool ChunkedDecoder::end_trailer_line() {
  if (++trailer_lines_ > kMaxTrailerLines) return false;
  Field field;
  if (parse_field_line(line_, field)) return false;
  if (!may_be_trailer(field)) return true;
  trailers_.append(field.name).append(": ").append(field.value).append("\r\n");
  return true;
}

}  // namespace mlgateway::http
