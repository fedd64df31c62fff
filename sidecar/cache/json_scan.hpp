// Steps over JSON text that is known to be valid (RFC 8259), eight bytes at a time and without parsing it.
//
// Of text that is not valid they tell nothing of use, but never leave it. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "sidecar/base/word_scan.hpp"

namespace mlgateway::cache {

constexpr bool is_bracket(char byte) { return (byte | 0x20) == '{' || (byte | 0x20) == '}'; }
// Outside strings no other byte of valid text is so low.
constexpr bool is_white(char byte) { return static_cast<unsigned char>(byte) <= ' '; }

inline const char* skip_white(const char* at, const char* end) {
  while (at < end && is_white(*at)) ++at;
  return at;
}

// `at` is a string's opening quote. What is behind its closing one; `end` if it has none.
inline const char* skip_string(const char* at, const char* end) {
  ++at;
  while (true) {
    at = word_scan::find_first(
        at, end, [](std::uint64_t word) { return word_scan::equal_to(word, '"') | word_scan::equal_to(word, '\\'); },
        [](char byte) { return byte == '"' || byte == '\\'; });
    if (at == end) return end;
    if (*at == '"') return at + 1;
    if (end - at < 2) return end;
    at += 2;
  }
}

// The next quote or bracket of either kind. May stop at y, Y, _ and DEL too, which are tested together with brackets
// and stand nowhere in valid text outside strings.
inline const char* find_structure(const char* at, const char* end) {
  constexpr std::uint64_t kFold = word_scan::kOnes * 0x26;
  return word_scan::find_first(
      at, end,
      [](std::uint64_t word) { return word_scan::equal_to(word, '"') | word_scan::equal_to(word | kFold, '{' | '}'); },
      [](char byte) { return byte == '"' || is_bracket(byte); });
}

// `at` stands within an object, before a member. The comma or brace behind it.
inline const char* skip_member(const char* at, const char* end) {
  for (std::size_t depth = 0; at < end;) {
    if (depth > 0) at = find_structure(at, end);
    if (at == end) break;
    if (*at == '"') {
      at = skip_string(at, end);
      continue;
    }
    const bool closes = is_bracket(*at) && (*at | 0x20) == '}';
    if (depth == 0 && (closes || *at == ',')) break;
    if (is_bracket(*at)) depth = closes ? depth - 1 : depth + 1;
    ++at;
  }
  return at;
}

// Whether a string, quotes included, is "id" however it is written: "\u0069d" is.
constexpr bool is_id(std::string_view text) {
  if (text.size() < 4 || text.front() != '"' || text.back() != '"') return false;
  text = text.substr(1, text.size() - 2);
  const auto take = [&text](std::string_view plain, std::string_view escaped) {
    const std::string_view found = text.starts_with(plain) ? plain : text.starts_with(escaped) ? escaped : "";
    text.remove_prefix(found.size());
    return !found.empty();
  };
  return take("i", "\\u0069") && take("d", "\\u0064") && text.empty();
}

}  // namespace mlgateway::cache
