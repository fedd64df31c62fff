// The tokens of JSON text by the whole grammar of RFC 8259: strings, numbers, words and the space between them.
//
// Text is given from where a token should begin to the end of all text. Each function tells what is behind the token;
// null when there is none. Pure.
#pragma once

#include <string>
#include <string_view>

#include "sidecar/base/word_scan.hpp"

namespace mlgateway::protocol {

constexpr bool is_json_space(char byte) { return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t'; }

// Never null: `at` where there is no space.
inline const char* skip_json_space(const char* at, const char* end) {
  constexpr std::uint64_t kSpaces = word_scan::kOnes * ' ';
  while (end - at >= 8 && word_scan::load(at) == kSpaces) at += 8;
  while (at != end && is_json_space(*at)) ++at;
  return at;
}

// Strict UTF-8 in quotes; an escaped surrogate is half of a pair. `escapes` becomes true if there are any.
const char* skip_json_string(const char* at, const char* end, bool& escapes);

// Numbers that a double or 64 bits hold: integers (no point, no exponent) from -2^63 to 2^64-1, others below the
// infinity of a double.
const char* skip_json_number(const char* at, const char* end);

// A number, string, true, false or null.
const char* skip_json_scalar(const char* at, const char* end);

// The commonest numbers of tensors: at most seven characters without sign and exponent, with a comma or the array's end
// behind them. Null for others, valid or not. Eight bytes must be there.
inline const char* skip_short_number(const char* at) {
  const std::uint64_t word = word_scan::load(at);
  std::uint64_t stops = word_scan::no_digit(word);
  if (stops == 0) return nullptr;
  const int whole = word_scan::first_of(stops);
  const char* behind = at + whole;
  if (whole == 0 || (whole > 1 && *at == '0')) return nullptr;
  if (*behind == '.') {
    stops &= stops - 1;
    if (stops == 0) return nullptr;
    const int digits_end = word_scan::first_of(stops);
    if (digits_end == whole + 1) return nullptr;
    behind = at + digits_end;
  }
  return *behind == ',' || *behind == ']' ? behind : nullptr;
}

// What is behind a scalar of text that is known to be valid.
const char* step_over_scalar(const char* at, const char* end);

// Appends what a valid string means; `inner` is what stands between its quotes.
void append_unescaped(std::string& out, std::string_view inner);

}  // namespace mlgateway::protocol
