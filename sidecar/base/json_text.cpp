#include "sidecar/base/json_text.hpp"

#include <array>
#include <cstdint>
#include <cstring>

#include "sidecar/base/utf8.hpp"

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

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) == 0x80; }

char* write(char* out, std::string_view text) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

char* write_escape(char* out, unsigned char byte) {
  switch (byte) {
    case '"': return write(out, "\\\"");
    case '\\': return write(out, "\\\\");
    case '\n': return write(out, "\\n");
    case '\r': return write(out, "\\r");
    case '\t': return write(out, "\\t");
    default: break;
  }
  out = write(out, "\\u00");
  *out++ = kHex[byte >> 4];
  *out++ = kHex[byte & 0xf];
  return out;
}

// Whether eight bytes are all plain, by arithmetic on the whole word: a line's strings are mostly plain, and byte by
// byte they would cost a third of the line.
bool all_plain(std::uint64_t word) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kHigh = kOnes << 7;
  const auto has_zero = [](std::uint64_t w) { return (w - kOnes) & ~w; };
  const std::uint64_t low = (word - kOnes * 0x20) & ~word;
  const std::uint64_t odd =
      has_zero(word ^ kOnes * '"') | has_zero(word ^ kOnes * '\\') | has_zero(word ^ kOnes * 0x7f);
  return ((word | low | odd) & kHigh) == 0;
}

std::size_t copy_plain(char* out, std::string_view text) {
  std::size_t done = 0;
  for (std::uint64_t word; done + sizeof word <= text.size(); done += sizeof word) {
    std::memcpy(&word, text.data() + done, sizeof word);
    if (!all_plain(word)) break;
    std::memcpy(out + done, &word, sizeof word);
  }
  for (; done < text.size() && kPlain[static_cast<unsigned char>(text[done])]; ++done) out[done] = text[done];
  return done;
}

char* write_escaped(char* out, std::string_view text) {
  while (true) {
    const std::size_t plain = copy_plain(out, text);
    out += plain;
    text.remove_prefix(plain);
    if (text.empty()) return out;

    const std::size_t length = utf8_sequence_length(text);
    if (length == 0) out = write(out, kReplacement);
    if (length == 1) out = write_escape(out, static_cast<unsigned char>(text[0]));
    if (length > 1) out = write(out, text.substr(0, length));
    text.remove_prefix(length == 0 ? 1 : length);
  }
}

// As much of `text` as `max_bytes` hold without cutting a character in two.
std::string_view beginning(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  std::size_t end = max_bytes;
  for (int step = 0; step < 3 && end > 0 && continues(text[end]); ++step) --end;
  return text.substr(0, end);
}

}  // namespace

char* write_json_string(char* out, std::string_view text, std::size_t max_bytes) {
  *out++ = '"';
  out = write_escaped(out, beginning(text, max_bytes));
  if (text.size() > max_bytes) out = write(out, "...");
  *out++ = '"';
  return out;
}

void append_json_string(std::string& out, std::string_view text) {
  constexpr std::size_t kPiece = 256;
  std::array<char, json_text_bound(kPiece)> buffer;
  out += '"';
  while (!text.empty()) {
    const std::string_view piece = beginning(text, kPiece);
    out.append(buffer.data(), write_escaped(buffer.data(), piece));
    text.remove_prefix(piece.size());
  }
  out += '"';
}

}  // namespace mlgateway
