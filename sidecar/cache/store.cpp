#include "sidecar/cache/store.hpp"

#include "sidecar/cache/shelves.hpp"

namespace mlgateway::cache {

Store::Store(std::uint64_t max_bytes) : shelves_(std::make_unique<Shelves>(max_bytes)) {}

Store::~Store() = default;

// In each of these, what was dropped is declared before the lock is taken, so that it is freed after its release.

AnswerPtr Store::find(const Key& key, Instant now) {
  Dropped dropped;
  const std::lock_guard lock(mutex_);
  return shelves_->find(key, now, dropped);
}

bool Store::insert(const Key& key, const Key& tag, AnswerPtr answer, Instant now) {
  Dropped dropped;
  const std::lock_guard lock(mutex_);
  return shelves_->insert(key, tag, std::move(answer), now, dropped);
}

void Store::retain(std::span<const Key> live_tags, std::uint64_t max_bytes) {
  std::set<Key> tags(live_tags.begin(), live_tags.end());
  Dropped dropped;
  const std::lock_guard lock(mutex_);
  shelves_->retain(std::move(tags), max_bytes, dropped);
}

Store::Numbers Store::numbers() const {
  const std::lock_guard lock(mutex_);
  return {shelves_->bytes(), shelves_->entries(), shelves_->evictions()};
}

}  // namespace mlgateway::cache
