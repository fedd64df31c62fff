// A rate as a leaky bucket: the GCRA in its continuous-state form (ITU-T I.371, A.1). What is charged fills the bucket,
// time drains it, and it never holds more than the burst. Plain functions of bucket, rate and time; all arithmetic is
// exact for every `per` that divides a day, and otherwise drains less than 10^-16 of a whole too little per charge.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>

#include "sidecar/base/clock.hpp"
#include "sidecar/limits/wide.hpp"

namespace mlgateway::limits {

// A level is counted in parts of a millionth. With this many, what drains in a nanosecond is a whole number of parts
// for any whole rate per second, minute, hour, day or an even share of one; a level still fits 128 bits when it is
// multiplied with the longest `per`.
inline constexpr std::int64_t kParts = 86'400'000'000;

// The time that a wait of longer than this is cut to: nobody waits a century, and sums with it must not overflow.
inline constexpr std::chrono::nanoseconds kLongestWait = std::chrono::hours(24 * 365 * 100);

// How fast the buckets of a limit drain from `since` on.
struct Drain {
  Instant since;
  Amount amount = 0;
  config::Milliseconds per{1};
};
// The rates that a limit has had, oldest first. Time before the first drains as the first does; no rates drain nothing.
using Drains = std::span<const Drain>;

struct RateBucket {
  Amount level = 0;         // whole millionths of it
  std::uint64_t parts = 0;  // the rest, less than kParts
  Instant as_of{};
};

// In parts.
Wide level_at(const RateBucket& bucket, Drains drains, Instant now);
// May go beyond any burst: whether there is room is the caller's question.
void fill(RateBucket& bucket, Drains drains, Amount amount, Instant now);
// How long `parts` take to drain, rounded up to a nanosecond. Zero for less than one part.
std::chrono::nanoseconds time_to_drain(Wide parts, const Drain& drain);

inline Wide in_parts(Amount amount) { return Wide{amount} * kParts; }
inline Amount rounded_up(Wide parts) { return narrowed(divided_rounded_up(parts, kParts)); }

}  // namespace mlgateway::limits
