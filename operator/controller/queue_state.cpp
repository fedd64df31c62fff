#include "operator/controller/queue_state.hpp"

#include <algorithm>
#include <utility>

namespace mlgateway::controller {

using api::ObjectKey;

bool QueueState::add(const ObjectKey& key, Instant now) {
  if (!dirty_.insert(key).second) return false;
  // Whoever works on it now has not seen what changed; done() brings it back.
  if (!working_.contains(key)) ready_.push_back({key, now});
  return true;
}

void QueueState::add_at(const ObjectKey& key, Instant when) {
  const auto [place, fresh] = delayed_.try_emplace(key, when);
  if (!fresh) {
    if (place->second <= when) return;
    due_.erase({place->second, key});
    place->second = when;
  }
  due_.insert({when, key});
}

void QueueState::add_failed(const ObjectKey& key, Instant now, std::chrono::milliseconds at_least) {
  const int before = failures_[key]++;
  std::chrono::milliseconds wait = options_.first;
  for (int i = 0; i < before && wait < options_.most; ++i) wait *= 2;
  add_at(key, now + std::max(std::min(wait, options_.most), at_least));
}

void QueueState::forget(const ObjectKey& key) { failures_.erase(key); }

void QueueState::release_due(Instant now) {
  while (!due_.empty() && due_.begin()->first <= now) {
    const auto due = *due_.begin();
    due_.erase(due_.begin());
    delayed_.erase(due.second);
    add(due.second, now);
  }
}

std::optional<Taken> QueueState::take(Instant now) {
  release_due(now);
  if (ready_.empty()) return std::nullopt;
  Taken taken = std::move(ready_.front());
  ready_.pop_front();
  dirty_.erase(taken.key);
  working_.insert(taken.key);
  return taken;
}

void QueueState::done(const ObjectKey& key, Instant now) {
  working_.erase(key);
  if (dirty_.contains(key)) ready_.push_back({key, now});
}

std::optional<Instant> QueueState::next_due() const {
  if (due_.empty()) return std::nullopt;
  return due_.begin()->first;
}

int QueueState::failures(const ObjectKey& key) const {
  const auto found = failures_.find(key);
  return found == failures_.end() ? 0 : found->second;
}

}  // namespace mlgateway::controller
