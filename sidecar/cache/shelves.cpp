#include "sidecar/cache/shelves.hpp"

#include <algorithm>
#include <utility>

#include "sidecar/cache/store.hpp"

namespace mlgateway::cache {
namespace {

// The paper's numbers: a tenth of the bytes for what is new, and two bits to count uses.
constexpr std::uint64_t kSmallShare = 10;
constexpr std::uint8_t kMostUses = 3;
// Keys that are only remembered may take up to this part of the budget.
constexpr std::uint64_t kGhostShare = 16;
// Where everything is in use, somebody has to go all the same: so many are passed over for one eviction and no more.
constexpr int kMostPassedOver = 64;

}  // namespace

AnswerPtr Shelves::find(const Key& key, Instant now, Dropped& dropped) {
  const auto place = table_.find(key);
  if (place == table_.end() || !place->second.answer) return nullptr;
  Entry& entry = place->second;
  if (now >= entry.answer->expires) {
    remove(entry, dropped);
    return nullptr;
  }
  if (entry.uses < kMostUses) ++entry.uses;
  return entry.answer;
}

bool Shelves::insert(const Key& key, const Key& tag, AnswerPtr answer, Instant now, Dropped& dropped) {
  const auto live = tags_.find(tag);
  const std::uint64_t bytes = answer->bytes() + kOverhead;
  if (live == tags_.end() || bytes > max_bytes_ / kLargestShare || now >= answer->expires) return false;

  Queue* shelf = &small_;
  std::uint8_t uses = 0;
  if (const auto known = table_.find(key); known != table_.end()) {
    // A remembered key that comes back has earned its place; an answer in place of an older one inherits its own.
    shelf = known->second.queue == &small_ ? &small_ : &main_;
    uses = known->second.uses;
    remove(known->second, dropped);
  }
  make_room(bytes, now, dropped);
  const auto place = table_.try_emplace(key).first;
  Entry& entry = place->second;
  entry.key = &place->first;
  entry.tag = &*live;
  entry.answer = std::move(answer);
  entry.bytes = bytes;
  entry.uses = uses;
  push(*shelf, entry);
  return true;
}

void Shelves::retain(std::set<Key> live_tags, std::uint64_t max_bytes, Dropped& dropped) {
  if (live_tags != tags_) {
    for (auto next = table_.begin(); next != table_.end();) {
      Entry& entry = (next++)->second;
      if (!live_tags.contains(*entry.tag)) remove(entry, dropped);
    }
    std::erase_if(tags_, [&](const Key& tag) { return !live_tags.contains(tag); });
    tags_.merge(live_tags);
  }
  max_bytes_ = max_bytes;
  make_room(0, Instant{}, dropped);
}

void Shelves::push(Queue& queue, Entry& entry) {
  entry.queue = &queue;
  entry.older = queue.newest;
  entry.newer = nullptr;
  (queue.newest ? queue.newest->newer : queue.oldest) = &entry;
  queue.newest = &entry;
  queue.bytes += entry.bytes;
  ++queue.count;
  bytes_ += entry.bytes;
}

void Shelves::unlink(Entry& entry) {
  Queue& queue = *entry.queue;
  (entry.newer ? entry.newer->older : queue.newest) = entry.older;
  (entry.older ? entry.older->newer : queue.oldest) = entry.newer;
  queue.bytes -= entry.bytes;
  --queue.count;
  bytes_ -= entry.bytes;
}

void Shelves::move(Entry& entry, Queue& to) {
  unlink(entry);
  push(to, entry);
}

void Shelves::remove(Entry& entry, Dropped& dropped) {
  unlink(entry);
  if (entry.answer) dropped.push_back(std::move(entry.answer));
  table_.erase(table_.find(*entry.key));
}

// Evicted, but its key is remembered for a while.
void Shelves::forget(Entry& entry, Dropped& dropped) {
  unlink(entry);
  dropped.push_back(std::move(entry.answer));
  entry.bytes = kOverhead;
  entry.uses = 0;
  push(ghosts_, entry);
  ++evictions_;
}

void Shelves::make_room(std::uint64_t needed, Instant now, Dropped& dropped) {
  trim_ghosts(dropped);
  while (bytes_ + needed > max_bytes_) {
    if (small_.count > 0 && (small_.bytes >= max_bytes_ / kSmallShare || main_.count == 0)) {
      evict_small(now, dropped);
    } else {
      evict_main(now, dropped);
    }
    trim_ghosts(dropped);
  }
}

// One step: the oldest of what is new goes to the main queue or out.
void Shelves::evict_small(Instant now, Dropped& dropped) {
  Entry& entry = *small_.oldest;
  const bool fresh = now < entry.answer->expires;
  if (entry.uses == 0 || !fresh) return forget(entry, dropped);
  entry.uses = 0;
  move(entry, main_);
}

void Shelves::evict_main(Instant now, Dropped& dropped) {
  for (int passed = 0; passed < kMostPassedOver; ++passed) {
    Entry& entry = *main_.oldest;
    if (entry.uses == 0 || now >= entry.answer->expires) break;
    --entry.uses;
    move(entry, main_);
  }
  remove(*main_.oldest, dropped);
  ++evictions_;
}

// As many as there are answers, as in the paper, and never a large part of the budget.
void Shelves::trim_ghosts(Dropped& dropped) {
  while (ghosts_.count > 0 && (ghosts_.count > entries() || ghosts_.bytes > max_bytes_ / kGhostShare)) {
    remove(*ghosts_.oldest, dropped);
  }
}

}  // namespace mlgateway::cache
