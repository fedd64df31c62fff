// A hashed timing wheel: arming and disarming a timer is a few pointer writes.
//
// Almost every timer of a gateway is disarmed before it fires, so what counts is the price of arming it, not its
// precision: a timer fires up to one tick late, never early. Scheme 6 of Varghese and Lauck, "Hashed and Hierarchical
// Timing Wheels" (1987). One thread.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "sidecar/base/clock.hpp"

namespace mlgateway::net {

// Something that can fire once. Disarms itself when destroyed. Neither moved nor copied: the wheel points at it.
class Timer {
 public:
  Timer() = default;
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  ~Timer() { disarm(); }

  bool armed() const { return next_ != nullptr; }
  void disarm();

  // What to do when it fires, with which argument; set before it is armed.
  void (*fire)(void* context) = nullptr;
  void* context = nullptr;

 private:
  friend class Timers;
  Timer* next_ = nullptr;
  Timer* previous_ = nullptr;
  Instant due_{};
};

class Timers {
 public:
  static constexpr std::chrono::milliseconds kTick{4};

  explicit Timers(Instant now);

  void arm(Timer& timer, Instant due);
  // Fires what is due. A timer that fires may arm or disarm any other.
  void advance(Instant now);
  // How long a loop may sleep before the next call of advance; at most `longest`.
  std::chrono::milliseconds until_next(Instant now, std::chrono::milliseconds longest) const;

 private:
  static constexpr std::size_t kSlots = 1024;

  std::size_t tick_of(Instant time) const;

  Instant origin_;
  std::size_t current_ = 0;          // the first tick that advance has not finished
  std::array<Timer, kSlots> slots_;  // each the head of a ring
  // A bit per slot that may hold a timer: set when one is armed, cleared when the slot is found empty as its turn
  // comes. A bit that outlived its timer costs one idle turn of the loop; scanning the slots themselves would cost
  // every turn.
  std::array<std::uint64_t, kSlots / 64> occupied_{};
};

}  // namespace mlgateway::net
