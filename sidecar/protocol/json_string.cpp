// Strings: UTF-8, escapes, and what they mean.
#include <algorithm>
#include <cstdint>

#include "sidecar/base/utf8.hpp"
#include "sidecar/protocol/json_token.hpp"

namespace mlgateway::protocol {
namespace {

bool is_high(char byte) { return static_cast<unsigned char>(byte) >= 0x80; }

// The next byte of a string that is not plain ASCII.
const char* skip_plain(const char* at, const char* end) {
  return word_scan::find_first(
      at, end,
      [](std::uint64_t word) {
        return word_scan::equal_to(word, '"') | word_scan::equal_to(word, '\\') | word_scan::below(word, ' ') |
               (word & word_scan::kHighs);
      },
      [](char byte) { return byte == '"' || byte == '\\' || static_cast<unsigned char>(byte) < ' ' || is_high(byte); });
}

const char* skip_high(const char* at, const char* end) {
  while (at != end && is_high(*at)) {
    const std::size_t length = utf8_sequence_length({at, static_cast<std::size_t>(end - at)});
    if (length == 0) return nullptr;
    at += length;
  }
  return at;
}

int hex_value(char byte) {
  if (byte >= '0' && byte <= '9') return byte - '0';
  const char letter = static_cast<char>(byte | 0x20);
  return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

// Four hexadecimal digits; -1 when there are none.
int code_unit(const char* at, const char* end) {
  if (end - at < 4) return -1;
  int unit = 0;
  for (int i = 0; i < 4; ++i) {
    const int digit = hex_value(at[i]);
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

bool is_lead(int unit) { return unit >= 0xd800 && unit < 0xdc00; }
bool is_trail(int unit) { return unit >= 0xdc00 && unit < 0xe000; }

// `at` is behind the backslash.
const char* skip_escape(const char* at, const char* end) {
  if (at == end) return nullptr;
  if (*at != 'u') return std::string_view("\"\\/bfnrt").find(*at) == std::string_view::npos ? nullptr : at + 1;
  const int unit = code_unit(++at, end);
  if (unit < 0 || is_trail(unit)) return nullptr;
  at += 4;
  if (!is_lead(unit)) return at;
  if (end - at < 2 || at[0] != '\\' || at[1] != 'u' || !is_trail(code_unit(at + 2, end))) return nullptr;
  return at + 6;
}

void append_utf8(std::string& out, std::uint32_t point) {
  const auto tail = [&](int shift) { out += static_cast<char>(0x80 | ((point >> shift) & 0x3f)); };
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xc0 | (point >> 6));
    tail(0);
  } else if (point < 0x10000) {
    out += static_cast<char>(0xe0 | (point >> 12));
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xf0 | (point >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

char short_escape(char kind) {
  switch (kind) {
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return kind;
  }
}

}  // namespace

const char* skip_json_string(const char* at, const char* end, bool& escapes) {
  if (at == end || *at != '"') return nullptr;
  ++at;
  while (at != nullptr) {
    at = skip_plain(at, end);
    if (at == end) return nullptr;
    if (*at == '"') return at + 1;
    if (is_high(*at)) {
      at = skip_high(at, end);
    } else if (*at == '\\') {
      escapes = true;
      at = skip_escape(at + 1, end);
    } else {
      return nullptr;
    }
  }
  return nullptr;
}

void append_unescaped(std::string& out, std::string_view inner) {
  const char* const end = inner.data() + inner.size();
  while (true) {
    const std::size_t plain = std::min(inner.find('\\'), inner.size());
    out.append(inner.substr(0, plain));
    inner.remove_prefix(plain);
    if (inner.size() < 2) return;
    const char kind = inner[1];
    inner.remove_prefix(2);
    if (kind != 'u') {
      out += short_escape(kind);
      continue;
    }
    const int unit = code_unit(inner.data(), end);
    if (unit < 0) return;
    inner.remove_prefix(4);
    auto point = static_cast<std::uint32_t>(unit);
    if (is_lead(unit) && inner.size() >= 6) {
      point =
          0x10000 + ((point - 0xd800) << 10) + static_cast<std::uint32_t>(code_unit(inner.data() + 2, end) - 0xdc00);
      inner.remove_prefix(6);
    }
    append_utf8(out, point);
  }
}

}  // namespace mlgateway::protocol
