// Looks for bytes in text eight at a time, by arithmetic on whole words.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace mlgateway::word_scan {

static_assert(std::endian::native == std::endian::little);
inline constexpr std::uint64_t kOnes = 0x0101010101010101, kHighs = 0x8080808080808080;

// The eight bytes at `at`.
inline std::uint64_t load(const char* at) {
  std::uint64_t word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

// The high bit of each byte that equals (or is below) `byte`. A borrow may mark bytes behind a hit, never one before
// the first: the lowest bit is exact, also when several of these are put together.
constexpr std::uint64_t equal_to(std::uint64_t word, unsigned char byte) {
  const std::uint64_t other = word ^ (kOnes * byte);
  return (other - kOnes) & ~other & kHighs;
}
constexpr std::uint64_t below(std::uint64_t word, unsigned char byte) { return (word - kOnes * byte) & ~word & kHighs; }

// The high bit of each byte that is no decimal digit, exact in every byte: 0x76 carries into the high bit from ten on.
constexpr std::uint64_t no_digit(std::uint64_t word) {
  const std::uint64_t values = word ^ (kOnes * '0');
  return (((values & ~kHighs) + kOnes * 0x76) | values) & kHighs;
}

// The place of the lowest of such bits, in bytes.
inline int first_of(std::uint64_t hits) { return std::countr_zero(hits) / 8; }

// The first byte in [at, end) that `word_hits` marks or, where fewer than eight are left, `byte_hits` likes.
template <class WordHits, class ByteHits>
const char* find_first(const char* at, const char* end, WordHits word_hits, ByteHits byte_hits) {
  while (end - at >= 8) {
    if (const std::uint64_t hits = word_hits(load(at))) return at + first_of(hits);
    at += 8;
  }
  while (at < end && !byte_hits(*at)) ++at;
  return at;
}

}  // namespace mlgateway::word_scan
