// Calls to models that are under way, so that an equal request waits for one instead of making another. Shared by the
// workers; a mutex guards the table, held for a look-up or a change, never while anybody waits or is told.
//
// A flight belongs to nobody's connection: whoever started it may leave, and it goes on for those who wait. When the
// last participant leaves it is cancelled.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
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
  // Neither: the answer is one that may not be shared; who waited has to call for himself.
};

class Flight;

// One who waits. `wake` is called once, from any thread, when the outcome is there; it must only post to the waiter's
// own loop. Not called after leave() has returned.
struct Participant {
  std::function<void()> wake;
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
  // Atomic with land(): between a look-up that found nothing and this call an equal one may have come and gone.
  Joined join(const Key& key, Participant& participant, Store& store, Instant now);

 private:
  friend class Flight;
  struct Table;
  std::shared_ptr<Table> table_;  // flights may outlive the call that made them
};

class Flight {
 public:
  // By the leader's side, once, before any co_await: what ends the call when the last participant has left. Called from
  // any thread, at most once; it must only post.
  void on_cancel(std::function<void()> cancel);
  // The call is over. With `store_as` the answer is inserted into the store in the same step in which the flight leaves
  // the table. Wakes everybody.
  struct Keep {
    Store& store;
    const Key& tag;
    Instant now;
  };
  void land(Outcome outcome, std::optional<Keep> keep);

  bool landed() const;
  const Outcome& outcome() const;  // after landed()

  // The participant gives up: his deadline, his hang-up. The last one cancels the call.
  void leave(Participant& participant);

 private:
  friend class Flights;
  Flight();
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mlgateway::cache
