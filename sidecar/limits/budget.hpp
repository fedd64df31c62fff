// A rolling budget: so much within any window of that length. Plain functions of bucket, window and time.
//
// The window is cut into sixty sub-windows. What is taken in one is held until that one's end plus the window: freed
// late by at most a 60th of the window and never early, so that no window of that length, wherever it begins, ever
// sees more than the budget. Memory is used for those sub-windows only in which something was taken.
#pragma once

#include <chrono>
#include <vector>

#include "sidecar/base/clock.hpp"
#include "sidecar/limits/wide.hpp"

namespace mlgateway::limits {

// How long a budget holds what was taken. Editing the length makes the hold of what is still held longer or shorter;
// what has been freed stays free.
struct Window {
  config::Milliseconds length{1};
  Instant freed_until =
      Instant::min();  // what was taken in a sub-window that ended by then is free, whatever the length
};

// What was taken in one sub-window.
struct Slot {
  Instant end;
  Amount amount = 0;
};

struct BudgetBucket {
  std::vector<Slot> slots;  // by `end`, no two with the same
};

Amount held_at(const BudgetBucket& bucket, const Window& window, Instant now);
// Takes, within the budget or not, and returns the slot's end, by which it can be given back. Forgets what has expired.
Instant take(BudgetBucket& bucket, const Window& window, Amount amount, Instant now);
// Holds an amount that was taken in a sub-window with that end.
void hold(BudgetBucket& bucket, Instant end, Amount amount);
// What has expired meanwhile is not there to be given back; nothing is ever given back that others took.
void give_back(BudgetBucket& bucket, Instant end, Amount amount);
// How long until at most `most` is held, if nothing more is taken. Zero: it is so now.
std::chrono::nanoseconds time_until_held(const BudgetBucket& bucket, const Window& window, Amount most, Instant now);

}  // namespace mlgateway::limits
