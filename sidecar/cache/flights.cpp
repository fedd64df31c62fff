#include "sidecar/cache/flights.hpp"

#include <unordered_map>
#include <utility>

namespace mlgateway::cache {

// Holds flights that more may join, and for a moment those that have just been closed. Whoever flies or waits owns
// them.
struct Flights::Table {
  struct Place {
    const Flight* flight = nullptr;  // compared only
    std::weak_ptr<Flight> alive;
  };
  std::mutex mutex;
  std::unordered_map<Key, Place, KeyHash> places;

  // Under the mutex. The place may be another flight's by now.
  void remove(const Key& key, const Flight* flight) {
    const auto place = places.find(key);
    if (place != places.end() && place->second.flight == flight) places.erase(place);
  }
};

Flights::Flights() : table_(std::make_shared<Table>()) {}

Flights::~Flights() = default;

bool Flights::under_way(const Key& key) const {
  const std::lock_guard lock(table_->mutex);
  return table_->places.contains(key);
}

Flights::Joined Flights::join(const Key& key, Participant& participant, Store* store, Instant now) {
  std::shared_ptr<Flight> known;  // before the lock: a flight that ends here takes it too
  const std::lock_guard lock(table_->mutex);
  Table::Place& place = table_->places[key];
  known = place.alive.lock();
  if (known && known->admit(participant)) return {known, false, nullptr};
  if (AnswerPtr stored = store ? store->find(key, now) : nullptr) {
    table_->places.erase(key);
    return {nullptr, false, std::move(stored)};
  }
  std::shared_ptr<Flight> flight(new Flight(table_, key, participant));
  place = {flight.get(), flight};
  return {std::move(flight), true, nullptr};
}

void Flight::Waiting::push(Participant& participant) {
  participant.next = nullptr;
  participant.previous = last;
  (last ? last->next : first) = &participant;
  last = &participant;
}

bool Flight::Waiting::remove(Participant& participant) {
  const bool waits = participant.previous || participant.next || first == &participant;
  if (!waits) return false;
  (participant.previous ? participant.previous->next : first) = participant.next;
  (participant.next ? participant.next->previous : last) = participant.previous;
  participant.previous = participant.next = nullptr;
  return true;
}

Flight::Flight(std::shared_ptr<Flights::Table> table, const Key& key, Participant& leader)
    : table_(std::move(table)), key_(key), leader_(&leader) {
  waiting_.push(leader);
}

Flight::~Flight() { withdraw(); }

bool Flight::admit(Participant& participant) {
  const std::lock_guard own(mutex_);
  if (open_) waiting_.push(participant);
  return open_;
}

void Flight::on_cancel(std::function<void()> cancel) {
  const std::lock_guard own(mutex_);
  cancel_ = std::move(cancel);
}

void Flight::land(Outcome outcome, std::optional<Keep> keep) {
  std::unique_lock table(table_->mutex);
  if (keep && outcome.answer) outcome.stored = keep->store.insert(key_, keep->tag, outcome.answer, keep->now);
  table_->remove(key_, this);
  const std::lock_guard own(mutex_);
  table.unlock();
  open_ = false;
  outcome_ = std::move(outcome);
  landed_.store(true, std::memory_order_release);
  wake_all();
}

bool Flight::leave(Participant& participant) {
  bool never_called = false;
  {
    const std::lock_guard own(mutex_);
    if (!waiting_.remove(participant)) return false;
    never_called = &participant == leader_ && !cancel_;
    if (!never_called) {
      if (waiting_.first) return false;
      open_ = false;
      if (cancel_) cancel_();
    }
  }
  if (never_called) {
    land({}, std::nullopt);
  } else {
    withdraw();
  }
  return true;
}

// From the table, so that the next equal request leads anew.
void Flight::withdraw() {
  const std::lock_guard lock(table_->mutex);
  table_->remove(key_, this);
}

void Flight::wake_all() {
  while (Participant* const next = waiting_.first) {
    waiting_.remove(*next);
    const auto wake = std::move(next->wake);  // who is woken may be gone before this call returns
    wake();
  }
}

}  // namespace mlgateway::cache
