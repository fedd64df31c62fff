// The event loop of one worker: one thread, one epoll set, its timers.
//
// Descriptors are registered once, edge-triggered, for both directions and the peer's half-close. That is what makes a
// request cost two reads and two writes and nothing else: no read that finds nothing, no re-arming, and a caller who
// hangs up is noticed without a buffer waiting for his bytes. (Asio's reactor tries every read first and learns of a
// hang-up only by reading; the price of that was measured at a seventh of a request.)
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

#include <sys/epoll.h>

#include "sidecar/base/clock.hpp"
#include "sidecar/net/date.hpp"
#include "sidecar/net/timers.hpp"

namespace mlgateway::net {

// A descriptor in the loop. The owner removes it before it dies.
class Source {
 public:
  virtual void on_events(std::uint32_t events) = 0;

 protected:
  ~Source() = default;
};

class Loop {
 public:
  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Runs until stop(); everything below happens on the thread that runs it, save post() and stop().
  void run();
  void stop();  // any thread

  // Runs `work` on the loop's thread, soon. Any thread; the only way into a loop from outside.
  void post(std::function<void()> work);

  void add(Source& source, int descriptor, std::uint32_t events);
  void remove(Source& source, int descriptor);

  // Calls `source` again next turn, with no events: for who has had his share of this one.
  void defer(Source& source) { deferred_.push_back(&source); }
  // Calls `source` again at the end of this turn, with no events, when this is a turn with much to do; false when it is
  // not, and then nothing happens. For who has something to send. What is sent in a row costs less than what is sent
  // between two requests: the kernel's code stays in the cache, and a receiver that slept is woken once. Measured: a
  // quarter of a request's time under full load. With little to do it would only be late.
  bool at_end_of_turn(Source& source) {
    if (ready_count_ < kBusyTurn) return false;
    ending_.push_back(&source);
    return true;
  }
  // Counts the turns, so that a source can tell one from the next.
  std::uint64_t turn() const { return turn_; }

  Timers& timers() { return timers_; }
  // The time of this turn of the loop: read once per turn, late by what the turn has cost so far.
  Instant now() const { return now_; }
  // The wall clock's date for answers, to the second.
  std::string_view date() { return date_.text(std::time(nullptr)); }

 private:
  // Events of one turn. Half of the load that a worker can bear brings one to four.
  static constexpr int kBusyTurn = 8;

  void run_ending();
  void run_posted();
  void run_deferred();

  int epoll_;
  int wakeup_;
  Instant now_;
  Timers timers_;
  std::array<epoll_event, 128> ready_{};
  int ready_count_ = 0;
  std::uint64_t turn_ = 0;
  DateClock date_;
  std::vector<Source*> ending_;
  std::vector<Source*> deferred_;
  std::vector<Source*> overdue_;  // those deferred in the turn before, while they are being called
  std::atomic<bool> stopped_{false};
  std::mutex mutex_;
  std::vector<std::function<void()>> posted_;
};

}  // namespace mlgateway::net
