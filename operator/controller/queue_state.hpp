// The rules of a work queue without threads: which key is next, and when.
//
// A key that is added while it waits is one piece of work; one that is added while it is worked on is worked on again
// afterwards, and never by two workers at once (client-go's workqueue).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>

#include "operator/api/object_key.hpp"
#include "sidecar/base/clock.hpp"

namespace mlgateway::controller {

struct RetryOptions {
  std::chrono::milliseconds first{10};
  std::chrono::milliseconds most{120'000};
};

// What a worker gets.
struct Taken {
  api::ObjectKey key;
  Instant added{};  // when it became ready, for the time spent in the queue
};

// Time is an argument. For one thread at a time.
class QueueState {
 public:
  explicit QueueState(RetryOptions options = RetryOptions()) : options_(options) {}

  // True: a new piece of work; false: it was known to be due already.
  bool add(const api::ObjectKey& key, Instant now);
  // Not before `when`; of several such wishes the earliest counts.
  void add_at(const api::ObjectKey& key, Instant when);
  // After a wait that doubles with each failure in a row, `at_least` at least.
  void add_failed(const api::ObjectKey& key, Instant now, std::chrono::milliseconds at_least);
  // It succeeded: its failures are forgotten.
  void forget(const api::ObjectKey& key);

  // The key that waits longest, until `done`; none when nothing is due at `now`.
  std::optional<Taken> take(Instant now);
  void done(const api::ObjectKey& key, Instant now);

  // When the next delayed key is due; none when nothing is delayed.
  std::optional<Instant> next_due() const;

  std::size_t depth() const { return ready_.size(); }
  std::size_t in_work() const { return working_.size(); }
  int failures(const api::ObjectKey& key) const;

 private:
  void release_due(Instant now);

  RetryOptions options_;
  std::deque<Taken> ready_;
  std::set<api::ObjectKey> dirty_;  // in ready_, or to be put there when the worker is done
  std::set<api::ObjectKey> working_;
  std::map<api::ObjectKey, Instant> delayed_;
  std::set<std::pair<Instant, api::ObjectKey>> due_;  // the same by time
  std::map<api::ObjectKey, int> failures_;
};

}  // namespace mlgateway::controller
