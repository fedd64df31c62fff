#include "sidecar/net/timers.hpp"

#include <algorithm>
#include <bit>

namespace mlgateway::net {

void Timer::disarm() {
  if (!next_) return;
  next_->previous_ = previous_;
  previous_->next_ = next_;
  next_ = previous_ = nullptr;
}

Timers::Timers(Instant now) : origin_(now) {
  for (Timer& head : slots_) head.next_ = head.previous_ = &head;
}

std::size_t Timers::tick_of(Instant time) const {
  if (time <= origin_) return 0;
  return static_cast<std::size_t>((time - origin_) / kTick);
}

void Timers::arm(Timer& timer, Instant due) {
  timer.disarm();
  timer.due_ = due;
  // The tick after the one it falls into: late by at most one, early never.
  const std::size_t tick = std::max(tick_of(due) + 1, current_);
  const std::size_t slot = tick % kSlots;
  occupied_[slot / 64] |= std::uint64_t{1} << (slot % 64);
  Timer& head = slots_[slot];
  timer.next_ = &head;
  timer.previous_ = head.previous_;
  head.previous_->next_ = &timer;
  head.previous_ = &timer;
}

void Timers::advance(Instant now) {
  const std::size_t last = tick_of(now);
  // After a long sleep one lap over the wheel sees every timer.
  if (last >= current_ + kSlots) current_ = last - kSlots + 1;
  for (; current_ <= last; ++current_) {
    const std::size_t slot = current_ % kSlots;
    Timer& head = slots_[slot];
    if (head.next_ == &head) {
      occupied_[slot / 64] &= ~(std::uint64_t{1} << (slot % 64));
      continue;
    }
    // What is due moves to a ring of its own first: a timer that fires may disarm its neighbours or arm new ones here.
    Timer due;
    due.next_ = due.previous_ = &due;
    for (Timer* timer = head.next_; timer != &head;) {
      Timer* const following = timer->next_;
      if (timer->due_ <= now) {
        timer->disarm();
        timer->next_ = &due;
        timer->previous_ = due.previous_;
        due.previous_->next_ = timer;
        due.previous_ = timer;
      }
      timer = following;
    }
    while (due.next_ != &due) {
      Timer* const timer = due.next_;
      timer->disarm();
      timer->fire(timer->context);
    }
    due.next_ = due.previous_ = nullptr;
  }
}

std::chrono::milliseconds Timers::until_next(Instant now, std::chrono::milliseconds longest) const {
  const std::size_t horizon = std::min(kSlots, static_cast<std::size_t>(longest / kTick) + 1);
  for (std::size_t step = 0; step < horizon;) {
    const std::size_t slot = (current_ + step) % kSlots;
    const std::uint64_t word = occupied_[slot / 64] >> (slot % 64);
    if (word == 0) {
      step += 64 - slot % 64;
      continue;
    }
    step += static_cast<std::size_t>(std::countr_zero(word));
    const Instant at = origin_ + kTick * static_cast<std::int64_t>(current_ + step);
    if (at <= now) return std::chrono::milliseconds{0};
    return std::min(longest, std::chrono::ceil<std::chrono::milliseconds>(at - now));
  }
  return longest;
}

}  // namespace mlgateway::net
