// What one account has used of one limit, and what that means for the next charge. Plain functions of the bucket, of
// how the limit is set, of the charge and of the time.
#pragma once

#include <chrono>
#include <cstdint>
#include <variant>
#include <vector>

#include "sidecar/limits/budget.hpp"
#include "sidecar/limits/rate.hpp"

namespace mlgateway::limits {

// Stands for a window that nobody has told yet, and for the time a rate takes that nobody has told yet: the journal
// may know accounts of a quota that comes later. No limit remembers longer than a window of this length.
inline constexpr config::Milliseconds kLongestWindow = std::chrono::hours(24 * 31);

// How a limit is set now, and what its earlier settings left behind.
struct Setting {
  bool enrolled = false;
  bool rate = false;                        // else a budget
  Amount holds = 0;                         // the burst or the budget
  std::vector<Drain> drains;                // of a rate
  Window window{.length = kLongestWindow};  // of a budget
  config::Milliseconds new_window{0};       // in force from begin_edits() on
};

// Takes over what the configuration says; true when that is a change. What a limit holds changes at once. How it frees
// what was used changes with begin_edits(), so that what has drained or expired by then stays so; only the very first
// setting counts for all the time before.
bool edit(Setting& setting, const config::Limit& limit);
void begin_edits(Setting& setting, Instant now);

// The default is an empty one of a rate.
using Bucket = std::variant<RateBucket, BudgetBucket>;

Bucket empty_bucket(const Setting& setting);

// Whether there is room for a charge: at once, after a while, or never.
struct Room {
  bool never = false;
  std::chrono::nanoseconds wait{0};

  bool now() const { return !never && wait.count() == 0; }
  // Whether this stands in the way for longer.
  bool worse_than(const Room& other) const { return never != other.never ? never : wait > other.wait; }
};
// There is always room for nothing.
Room room_for(const Setting& setting, const Bucket& bucket, Amount amount, Instant now);

// Charges, room or not. Returns by what give_back() finds it again.
Instant charge(const Setting& setting, Bucket& bucket, Amount amount, Instant now);
// Budgets only: true when there was one. A rate keeps what it took.
bool give_back(Bucket& bucket, Instant taken, Amount amount);

// Not less than what is used, in millionths; may be more than the limit holds.
Amount used(const Setting& setting, const Bucket& bucket, Instant now);
// When it will be empty, if nothing is charged; `now` or earlier: it is.
Instant empty_at(const Setting& setting, const Bucket& bucket, Instant now);

struct Outlook {
  Amount remaining = 0;                    // rounded down to a millionth
  std::chrono::nanoseconds more_after{0};  // a rate: until the next whole unit; a budget: until any more; 0: full
  std::chrono::nanoseconds full_after{0};
};
Outlook outlook(const Setting& setting, const Bucket& bucket, Instant now);

}  // namespace mlgateway::limits
