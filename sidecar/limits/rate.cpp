#include "sidecar/limits/rate.hpp"

#include <algorithm>

namespace mlgateway::limits {
namespace {

constexpr std::int64_t kNanosecondsPerMillisecond = 1'000'000;
// Parts per millionth and nanoseconds per millisecond cancel to this.
constexpr std::int64_t kPartsPerNanosecond = kParts / kNanosecondsPerMillisecond;
// Longer is as good as for ever, and the product below stays within 128 bits.
constexpr std::chrono::nanoseconds kLongestDrain = std::chrono::hours(24 * 365 * 10);

Wide drained(const Drain& drain, std::chrono::nanoseconds time) {
  const auto counted = std::min(time, kLongestDrain).count();
  return Wide{drain.amount} * counted * kPartsPerNanosecond / drain.per.count();
}

}  // namespace

Wide level_at(const RateBucket& bucket, Drains drains, Instant now) {
  Wide level = in_parts(bucket.level) + bucket.parts;
  for (std::size_t i = 0; i < drains.size() && level > 0; ++i) {
    const Instant from = i == 0 ? bucket.as_of : std::max(bucket.as_of, drains[i].since);
    const Instant to = i + 1 == drains.size() ? now : std::min(now, drains[i + 1].since);
    if (from < to) level = std::max<Wide>(level - drained(drains[i], to - from), 0);
  }
  return level;
}

void fill(RateBucket& bucket, Drains drains, Amount amount, Instant now) {
  const Wide level = std::min(level_at(bucket, drains, now) + in_parts(amount), in_parts(kMostAmount));
  bucket.level = static_cast<Amount>(level / kParts);
  bucket.parts = static_cast<std::uint64_t>(level % kParts);
  bucket.as_of = now;
}

std::chrono::nanoseconds time_to_drain(Wide parts, const Drain& drain) {
  if (parts <= 0) return std::chrono::nanoseconds(0);
  const Wide time = divided_rounded_up(parts * drain.per.count(), Wide{drain.amount} * kPartsPerNanosecond);
  return std::chrono::nanoseconds(static_cast<std::int64_t>(std::min<Wide>(time, kLongestWait.count())));
}

}  // namespace mlgateway::limits
