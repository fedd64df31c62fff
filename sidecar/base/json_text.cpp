#include "sidecar/base/json_text.hpp"

#include <array>
#include <cstdint>

namespace mlgateway {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD

// ASCII that stands for itself. DEL is legal in JSON but does things to a terminal.
constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain{};
  for (std::size_t c = 0x20; c < 0x7f; ++c) plain[c] = c != '"' && c != '\\';
  return plain;
}();

bool within(unsigned char byte, unsigned char low, unsigned char high) { return byte >= low && byte <= high; }
bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) == 0x80; }

// The length of the well-formed sequence that `text` (not empty) begins with, 0 when there is none: table 3-7 of the
// Unicode standard, so overlong forms, surrogates and everything above U+10FFFF are none.
std::size_t sequence_length(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  const auto second = text.size() > 1 ? static_cast<unsigned char>(text[1]) : static_cast<unsigned char>(0);
  if (first < 0x80) return 1;
  if (within(first, 0xc2, 0xdf)) return continues(static_cast<char>(second)) ? 2 : 0;
  if (within(first, 0xe0, 0xef)) {
    const unsigned char low = first == 0xe0 ? 0xa0 : 0x80;
    const unsigned char high = first == 0xed ? 0x9f : 0xbf;
    return text.size() > 2 && within(second, low, high) && continues(text[2]) ? 3 : 0;
  }
  if (within(first, 0xf0, 0xf4)) {
    const unsigned char low = first == 0xf0 ? 0x90 : 0x80;
    const unsigned char high = first == 0xf4 ? 0x8f : 0xbf;
    return text.size() > 3 && within(second, low, high) && continues(text[2]) && continues(text[3]) ? 4 : 0;
  }
  return 0;
}

void append_escape(std::string& out, unsigned char byte) {
  switch (byte) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
  }
  out += "\\u00";
  out += kHex[byte >> 4];
  out += kHex[byte & 0xf];
}

std::string_view cut(std::string_view text, std::size_t max_bytes) {
  std::size_t end = max_bytes;
  for (int step = 0; step < 3 && end > 0 && continues(text[end]); ++step) --end;
  return text.substr(0, end);
}

void append_escaped(std::string& out, std::string_view text) {
  while (!text.empty()) {
    std::size_t plain = 0;
    while (plain < text.size() && kPlain[static_cast<unsigned char>(text[plain])]) ++plain;
    out.append(text.data(), plain);
    text.remove_prefix(plain);
    if (text.empty()) return;

    const std::size_t length = sequence_length(text);
    if (length == 1) append_escape(out, static_cast<unsigned char>(text[0]));
    if (length > 1) out.append(text.data(), length);
    if (length == 0) out += kReplacement;
    text.remove_prefix(length == 0 ? 1 : length);
  }
}

}  // namespace

void append_json_string(std::string& out, std::string_view text, std::size_t max_bytes) {
  out += '"';
  if (text.size() > max_bytes) {
    append_escaped(out, cut(text, max_bytes));
    out += "...";
  } else {
    append_escaped(out, text);
  }
  out += '"';
}

}  // namespace mlgateway
