#include "sidecar/limits/idle_queue.hpp"

namespace mlgateway::limits {

void IdleQueue::put(std::size_t place, Entry entry) {
  heap_[place] = entry;
  entry.account->idle_place = place;
}

// Puts the entry where it belongs, given that everything but `place` is in order.
void IdleQueue::settle(std::size_t place, Entry entry) {
  for (; place > 0 && entry.at < heap_[(place - 1) / 2].at; place = (place - 1) / 2) put(place, heap_[(place - 1) / 2]);
  for (;;) {
    std::size_t child = 2 * place + 1;
    if (child + 1 < heap_.size() && heap_[child + 1].at < heap_[child].at) ++child;
    if (child >= heap_.size() || heap_[child].at >= entry.at) break;
    put(place, heap_[child]);
    place = child;
  }
  put(place, entry);
}

void IdleQueue::add(Account& account, Instant at) {
  heap_.push_back({at, &account});
  settle(heap_.size() - 1, {at, &account});
}

void IdleQueue::remove(const Account& account) {
  const std::size_t place = account.idle_place;
  const Entry last = heap_.back();
  heap_.pop_back();
  if (place < heap_.size()) settle(place, last);
}

void IdleQueue::move(const Account& account, Instant at) {
  Entry entry = heap_[account.idle_place];
  entry.at = at;
  settle(account.idle_place, entry);
}

void IdleQueue::hasten(const Account& account, Instant at) {
  if (at < heap_[account.idle_place].at) move(account, at);
}

}  // namespace mlgateway::limits
