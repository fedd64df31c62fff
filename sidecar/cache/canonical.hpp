// JSON text as it goes into the cache key: without insignificant white space, all else byte for byte.
//
// Numbers, the order of members and the spelling of strings stay as they were sent: canonical forms that write numbers
// anew merge 64-bit integers that are two. Text that is not valid JSON gives something of use to nobody, within bounds.
#pragma once

#include <array>
#include <cstring>
#include <string_view>

#include "sidecar/cache/json_scan.hpp"

namespace mlgateway::cache {

// Moves text without its white space into a small buffer. What most JSON sent by Python looks like, numbers with a
// space behind each comma, would be thousands of runs; moving bytes costs less than telling the runs apart.
class Canonical {
 public:
  explicit Canonical(std::string_view json) : from_(json.data()), end_(from_ + json.size()) {}

  // The next part, empty after the last; valid until the next call.
  std::string_view next() {
    // Kept apart from this object: a byte that is written could be any part of it, for all the compiler knows.
    Move move{from_, buffer_.data(), in_string_};
    const char* const full = buffer_.data() + buffer_.size() - 2 * kWord;
    while (move.to < full && end_ - move.from >= kWord) move = move.in_string ? string_word(move) : word(move);
    while (move.to < full && move.from < end_) move = byte(move);
    from_ = move.from;
    in_string_ = move.in_string;
    return {buffer_.data(), move.to};
  }

 private:
  static constexpr std::ptrdiff_t kWord = sizeof(std::uint64_t);

  struct Move {
    const char* from;
    char* to;
    bool in_string;
  };

  static Move word(Move move) {
    const std::uint64_t bytes = load(move.from);
    const std::uint64_t quotes = word_scan::equal_to(bytes, '"');
    if (quotes != 0) return quoted_word(move, word_scan::first_of(quotes) + 1);
    if (word_scan::below(bytes, ' ' + 1) == 0) return copy(move, kWord);
#pragma GCC unroll 8
    for (std::ptrdiff_t i = 0; i < kWord; ++i) move.to = squeeze(move.to, move.from[i]);
    return {move.from + kWord, move.to, false};
  }
  // The first `count` bytes of a word, the last of which is the quote that begins a string.
  static Move quoted_word(Move move, std::ptrdiff_t count) {
    for (std::ptrdiff_t i = 0; i < count; ++i) move.to = squeeze(move.to, move.from[i]);
    return {move.from + count, move.to, true};
  }
  static char* squeeze(char* to, char byte) {
    *to = byte;
    return to + (is_white(byte) ? 0 : 1);
  }
  Move string_word(Move move) const {
    const std::uint64_t bytes = load(move.from);
    const std::uint64_t ends = word_scan::equal_to(bytes, '"') | word_scan::equal_to(bytes, '\\');
    move = copy(move, ends == 0 ? kWord : word_scan::first_of(ends));
    return ends == 0 ? move : byte(move);
  }
  // With what it escapes.
  Move byte(Move move) const {
    const char byte = *move.from++;
    *move.to = byte;
    move.to += move.in_string || !is_white(byte) ? 1 : 0;
    if (byte == '\\' && move.in_string && move.from < end_) *move.to++ = *move.from++;
    if (byte == '"') move.in_string = !move.in_string;
    return move;
  }
  static Move copy(Move move, std::ptrdiff_t count) {
    std::memcpy(move.to, move.from, kWord);
    return {move.from + count, move.to + count, move.in_string};
  }
  static std::uint64_t load(const char* from) {
    std::uint64_t bytes;
    std::memcpy(&bytes, from, sizeof bytes);
    return bytes;
  }

  const char* from_;
  const char* const end_;
  bool in_string_ = false;
  std::array<char, 1024> buffer_;
};

// Calls `emit` with the parts of the text, in order.
template <class Emit>
void emit_canonical(std::string_view json, Emit&& emit) {
  Canonical canonical(json);
  for (std::string_view part; !(part = canonical.next()).empty();) emit(part);
}

// The same, but an object's own members `id` are left out, each with a comma: the one before it, or the one behind it
// as long as nothing was kept.
template <class Emit>
void emit_canonical_without_id(std::string_view json, Emit&& emit) {
  const char* const end = json.data() + json.size();
  const char* kept = json.data();  // from here on
  const char* at = skip_white(kept, end);
  const char* comma = nullptr;  // behind the last member, if any was kept
  bool more = at < end && *at == '{';
  while (more) {
    const char* const begin = skip_white(at + 1, end);
    const bool drop = begin < end && *begin == '"' && is_id({begin, skip_string(begin, end)});
    at = skip_member(begin, end);
    more = at < end && *at == ',';
    if (drop) {
      emit_canonical({kept, comma ? comma : begin}, emit);
      kept = more && !comma ? at + 1 : at;
    }
    if (more && (comma || !drop)) comma = at;
  }
  emit_canonical({kept, end}, emit);
}

}  // namespace mlgateway::cache
