// An account as bytes of the journal: the same on every machine. Pure; whatever bytes are read, none of them is
// trusted.
//
//   header   "mlgwqjrn", u32 version of the format
//   record   u32 length of the payload, u64 XXH3 of the payload, payload
//   payload  text quota, text owner, u32 number of buckets, buckets
//   bucket   text limit, i64 debt, i64 as_of, u32 number of slots, slots
//   slot     i64 taken_until, i64 amount
//   text     u32 length, bytes
//
// Numbers are little-endian. Times are nanoseconds since 1970. There is exactly one payload for an image.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "sidecar/limits/account_image.hpp"

namespace mlgateway::limits {

inline constexpr std::uint32_t kJournalFormat = 1;
inline constexpr std::size_t kHeaderBytes = 12;
// No payload is longer, so that a length that was torn cannot ask for more memory than this. An account would need
// ten thousand limits with a full window each.
inline constexpr std::size_t kMostPayloadBytes = 16u << 20;

std::string journal_header();

enum class HeaderKind : std::uint8_t {
  Known,
  OtherFormat,  // a journal, of another version
  Torn,         // the beginning of a header, or nothing
  Foreign       // no journal
};
HeaderKind kind_of_header(std::string_view bytes);

// False, and nothing is appended, when the payload would be longer than kMostPayloadBytes.
bool append_record(std::string& out, const AccountImage& image);

enum class Taken : std::uint8_t {
  Record,
  More,  // what is there may be the beginning of a record
  Torn   // no record begins here
};
// Takes the first record off `bytes`; otherwise nothing is changed.
Taken take_record(std::string_view& bytes, AccountImage& image);

// The payload alone. Reading refuses what append_payload() cannot have written: amounts below zero, times before 1970
// or beyond kLastTime, slots out of order, bytes that are left over. `image` is then in no particular state.
void append_payload(std::string& out, const AccountImage& image);
bool read_payload(std::string_view payload, AccountImage& image);

// In the year 2116. Sums of such times and the longest window do not overflow.
inline constexpr std::int64_t kLastTime = std::int64_t{1} << 62;

}  // namespace mlgateway::limits
