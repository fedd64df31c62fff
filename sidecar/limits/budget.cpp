#include "sidecar/limits/budget.hpp"

#include <algorithm>

namespace mlgateway::limits {
namespace {

constexpr int kSubWindows = 60;

using std::chrono::nanoseconds;

Instant end_of_sub_window(const Window& window, Instant now) {
  const nanoseconds length = std::max(nanoseconds(window.length) / kSubWindows, nanoseconds(1));
  const nanoseconds into = now.time_since_epoch() % length;
  const Instant begin = now - (into.count() < 0 ? into + length : into);
  return begin + length;
}

// Slots are in order, so that the expired ones come first.
auto first_held(const BudgetBucket& bucket, const Window& window, Instant now) {
  const Instant freed = std::max(now - window.length, window.freed_until);
  return std::find_if(bucket.slots.begin(), bucket.slots.end(), [&](const Slot& slot) { return slot.end > freed; });
}

auto at_or_after(BudgetBucket& bucket, Instant end) {
  return std::lower_bound(bucket.slots.begin(), bucket.slots.end(), end,
                          [](const Slot& slot, Instant wanted) { return slot.end < wanted; });
}

}  // namespace

Amount held_at(const BudgetBucket& bucket, const Window& window, Instant now) {
  Wide held = 0;
  for (auto slot = first_held(bucket, window, now); slot != bucket.slots.end(); ++slot) held += slot->amount;
  return narrowed(held);
}

Instant take(BudgetBucket& bucket, const Window& window, Amount amount, Instant now) {
  bucket.slots.erase(bucket.slots.begin(), first_held(bucket, window, now));
  const Instant end = end_of_sub_window(window, now);
  hold(bucket, end, amount);
  return end;
}

void hold(BudgetBucket& bucket, Instant end, Amount amount) {
  if (amount == 0) return;
  const auto slot = at_or_after(bucket, end);
  if (slot != bucket.slots.end() && slot->end == end) {
    slot->amount = saturating_sum(slot->amount, amount);
  } else {
    bucket.slots.insert(slot, Slot{end, amount});
  }
}

void give_back(BudgetBucket& bucket, Instant end, Amount amount) {
  const auto slot = at_or_after(bucket, end);
  if (slot == bucket.slots.end() || slot->end != end) return;
  slot->amount -= std::min(slot->amount, amount);
  if (slot->amount == 0) bucket.slots.erase(slot);
}

nanoseconds time_until_held(const BudgetBucket& bucket, const Window& window, Amount most, Instant now) {
  Wide held = held_at(bucket, window, now);
  if (held <= most) return nanoseconds(0);
  for (auto slot = first_held(bucket, window, now); slot != bucket.slots.end(); ++slot) {
    held -= slot->amount;
    if (held <= most) return slot->end + window.length - now;
  }
  return nanoseconds(0);
}

}  // namespace mlgateway::limits
