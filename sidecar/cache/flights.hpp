// Calls to models that are under way, so that an equal request waits for one instead of making another. Shared by the
// workers; a mutex guards the table, held for a look-up or a change, never while anybody waits or is told.
//
// A flight belongs to nobody's connection: whoever started it may leave, and it goes on for those who wait. When the
// last participant leaves it is cancelled.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "sidecar/base/result.hpp"
#include "sidecar/cache/answer.hpp"
#include "sidecar/cache/key.hpp"
#include "sidecar/cache/store.hpp"

namespace mlgateway::cache {

// How a flight ended for who takes part in it.
struct Outcome {
  AnswerPtr answer;            // complete, to be shared
  bool stored = false;         // ... and kept for others
  std::optional<Error> error;  // the call failed
  // Neither: the answer is one that may not be shared, or the leader never called; who waited has to call for himself.
};

class Flight;

// One who waits, the leader among them. `wake` is called once, from any thread, when the outcome is there; it must only
// post to the waiter's own loop. Not called after leave() has returned. Stays where it is until it was woken or has
// left; nobody looks at it after its wake.
struct Participant {
  std::function<void()> wake;
  Participant* next = nullptr;  // of those who wait; the flight's own
  Participant* previous = nullptr;
};

class Flights {
 public:
  Flights();
  ~Flights();

  // Whether a call for this key is under way now; it may be over the moment after.
  bool under_way(const Key& key) const;

  struct Joined {
    std::shared_ptr<Flight> flight;  // lead: to be flown by who asked; else: to be waited for
    bool leads = false;
    AnswerPtr stored;  // the call has just ended and its answer lies in the store: no flight
  };
  // Atomic with land(): between a look-up that found nothing and this call an equal one may have come and gone. Without
  // a store only a call that is under way will do: for who wants no kept answer, or none as old as the one there is.
  // Who joined keeps the flight until he was woken or has left.
  Joined join(const Key& key, Participant& participant, Store* store, Instant now);

 private:
  friend class Flight;
  struct Table;
  std::shared_ptr<Table> table_;  // flights may outlive the call that made them
};

class Flight {
 public:
  ~Flight();

  // By the leader's side, once, before any co_await: what ends the call when the last participant has left. Called from
  // any thread, at most once, never after land() has returned; it must only post. What it posts may run after the call
  // is over.
  void on_cancel(std::function<void()> cancel);
  // The call is over. With `keep` the answer is inserted into the store in the same step in which the flight leaves
  // the table. Wakes everybody, at once and once. Once; also after everybody has left.
  struct Keep {
    Store& store;
    const Key& tag;
    Instant now;
  };
  void land(Outcome outcome, std::optional<Keep> keep);

  bool landed() const { return landed_.load(std::memory_order_acquire); }
  const Outcome& outcome() const { return outcome_; }  // after landed()

  // The participant gives up: his deadline, his hang-up. The last one cancels the call. A leader who leaves before
  // on_cancel() has not called and never will: the others are woken with an empty outcome. No effect on who was woken.
  // True: the call ends with him.
  bool leave(Participant& participant);

 private:
  friend class Flights;
  struct Waiting {  // in the order in which they joined
    Participant* first = nullptr;
    Participant* last = nullptr;
    void push(Participant& participant);
    bool remove(Participant& participant);
  };

  Flight(std::shared_ptr<Flights::Table> table, const Key& key, Participant& leader);
  bool admit(Participant& participant);
  void withdraw();
  void wake_all();

  const std::shared_ptr<Flights::Table> table_;
  const Key key_;
  const Participant* const leader_;  // compared only

  // Held while those who wait are told, so that leave() cannot return in between. Where both are held, the table's
  // comes first.
  std::mutex mutex_;
  bool open_ = true;  // more may join: neither landed nor cancelled
  Waiting waiting_;
  std::function<void()> cancel_;  // null before the leader has called
  Outcome outcome_;
  std::atomic<bool> landed_{false};
};

}  // namespace mlgateway::cache
