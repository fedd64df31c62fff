// Classes of bytes that HTTP's grammar speaks of (RFC 9110 5.6, RFC 3986 2).
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace mlgateway::http {

constexpr bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }
constexpr bool is_letter(char byte) { return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z'); }
constexpr bool is_space(char byte) { return byte == ' ' || byte == '\t'; }
constexpr bool is_visible(char byte) { return byte > 0x20 && byte < 0x7f; }
// What a field's value may hold between CRLFs: obs-text is legal there (RFC 9110 5.5).
constexpr bool is_text(char byte) {
  const auto value = static_cast<unsigned char>(byte);
  return value == '\t' || (value >= 0x20 && value != 0x7f);
}
constexpr char to_lower(char byte) { return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + 32) : byte; }

template <class Predicate>
constexpr std::array<bool, 256> table_of(Predicate predicate) {
  std::array<bool, 256> table{};
  for (int byte = 0; byte < 256; ++byte) table[static_cast<std::size_t>(byte)] = predicate(static_cast<char>(byte));
  return table;
}

inline constexpr std::array<bool, 256> kTokenTable = table_of([](char byte) {
  return is_digit(byte) || is_letter(byte) ||
         (byte != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(byte) != std::string_view::npos);
});
inline bool is_token_char(char byte) { return kTokenTable[static_cast<unsigned char>(byte)]; }
inline bool is_token(std::string_view text) {
  for (const char byte : text) {
    if (!is_token_char(byte)) return false;
  }
  return !text.empty();
}

// The value of a hexadecimal digit, -1 of anything else.
constexpr int hex_value(char byte) {
  if (is_digit(byte)) return byte - '0';
  if (byte >= 'a' && byte <= 'f') return byte - 'a' + 10;
  if (byte >= 'A' && byte <= 'F') return byte - 'A' + 10;
  return -1;
}

// Without the optional white space (SP, HTAB) at both ends.
inline std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

// The first byte in [at, end) that is no text: a control character other than HTAB, or DEL; `end` when there is none.
// Eight bytes at a time: nine of ten bytes of a head are looked at by this loop.
inline const char* find_control(const char* at, const char* end) {
  static_assert(std::endian::native == std::endian::little);
  constexpr std::uint64_t kOnes = 0x0101010101010101, kHighs = 0x8080808080808080;
  while (end - at >= 8) {
    std::uint64_t word;
    std::memcpy(&word, at, sizeof word);
    const std::uint64_t below_space = (word - kOnes * 0x20) & ~word;
    const std::uint64_t other_than_del = word ^ (kOnes * 0x7f);
    const std::uint64_t del = (other_than_del - kOnes) & ~other_than_del;
    const std::uint64_t hits = (below_space | del) & kHighs;
    if (hits == 0) {
      at += 8;
      continue;
    }
    // A borrow may mark bytes behind a hit, never one before the first: that one is exact.
    at += std::countr_zero(hits) / 8;
    if (!is_text(*at)) return at;
    ++at;  // a HTAB
  }
  while (at < end && is_text(*at)) ++at;
  return at;
}

}  // namespace mlgateway::http
