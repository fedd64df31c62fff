#include "sidecar/http/framing.hpp"

#include "sidecar/http/character.hpp"
#include "sidecar/http/list.hpp"

namespace mlgateway::http {
namespace {

// Nineteen digits always fit into 64 bits, and are 10 exabytes.
constexpr std::size_t kMaxLengthDigits = 19;

Fault parse_content_length(std::string_view text, std::uint64_t& out) {
  if (text.empty() || text.size() > kMaxLengthDigits) return {"Content-Length is not a number of bytes"};
  out = 0;
  for (const char digit : text) {
    if (!is_digit(digit)) return {"Content-Length is not a number of bytes"};
    out = out * 10 + static_cast<std::uint64_t>(digit - '0');
  }
  return {};
}

// Only to tell codings that we do not speak (501) from nonsense (400).
Fault refuse_codings(std::string_view value) {
  List codings(value);
  bool chunked = false;
  std::size_t count = 0;
  for (std::string_view coding; codings.next(coding); ++count) {
    if (chunked) return {"chunked is not the last transfer coding"};
    if (!is_token(coding.substr(0, coding.find(';')))) return {"transfer coding is not a token"};
    chunked = equals_ignoring_case(coding, "chunked");
  }
  const bool only_chunked_and_commas = chunked && count == 1;
  if (count == 0 || only_chunked_and_commas) return {"Transfer-Encoding is malformed"};
  return {"transfer coding is not chunked", Reason::UnsupportedTransferCoding};
}

}  // namespace

Fault read_framing(const Fields& fields, int minor_version, StatedFraming& out) {
  const Field* coding = nullptr;
  for (const Field& field : fields) {
    if (field.id == FieldId::ContentLength) {
      if (out.has_content_length) return {"more than one Content-Length"};
      out.has_content_length = true;
      if (const Fault fault = parse_content_length(field.value, out.content_length)) return fault;
    } else if (field.id == FieldId::TransferEncoding) {
      if (coding != nullptr) return {"more than one Transfer-Encoding"};
      coding = &field;
    }
  }
  if (coding == nullptr) return {};
  if (out.has_content_length) return {"Content-Length beside Transfer-Encoding"};
  if (minor_version == 0) return {"Transfer-Encoding in HTTP/1.0"};
  if (!equals_ignoring_case(coding->value, "chunked")) return refuse_codings(coding->value);
  out.chunked = true;
  return {};
}

}  // namespace mlgateway::http
