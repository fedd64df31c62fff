// The three queues of S3-FIFO (Yang et al., "FIFO queues are all you need for cache eviction", SOSP 2023), by bytes.
//
// What is new stands on the small queue, a tenth of the budget. Who leaves it without having been asked for again is
// forgotten but for his key; who was asked for, or comes back while his key is remembered, goes to the main queue,
// where each use buys one more round. Every operation is O(1), an insertion O(what it pushes out). One thread at a
// time.
#pragma once

#include <cstdint>
#include <set>
#include <unordered_map>
#include <vector>

#include "sidecar/cache/answer.hpp"
#include "sidecar/cache/key.hpp"

namespace mlgateway::cache {

// Answers that were dropped, to be freed where no lock is held.
using Dropped = std::vector<AnswerPtr>;

class Shelves {
 public:
  explicit Shelves(std::uint64_t max_bytes) : max_bytes_(max_bytes) {}
  Shelves(const Shelves&) = delete;
  Shelves& operator=(const Shelves&) = delete;

  AnswerPtr find(const Key& key, Instant now, Dropped& dropped);
  bool insert(const Key& key, const Key& tag, AnswerPtr answer, Instant now, Dropped& dropped);
  void retain(std::set<Key> live_tags, std::uint64_t max_bytes, Dropped& dropped);

  std::uint64_t bytes() const { return bytes_; }
  std::uint64_t entries() const { return small_.count + main_.count; }
  std::uint64_t evictions() const { return evictions_; }

 private:
  struct Queue;
  struct Entry {
    const Key* key = nullptr;  // of its place in the table
    const Key* tag = nullptr;  // in tags_
    AnswerPtr answer;          // null on the ghost queue
    Queue* queue = nullptr;
    Entry* newer = nullptr;
    Entry* older = nullptr;
    std::uint64_t bytes = 0;
    std::uint8_t uses = 0;
  };
  struct Queue {
    Entry* newest = nullptr;
    Entry* oldest = nullptr;
    std::uint64_t bytes = 0;
    std::uint64_t count = 0;
  };
  using Table = std::unordered_map<Key, Entry, KeyHash>;

  // What an entry takes beside its answer: its place in the table, the bucket, and what the allocator adds to the node
  // and to the answer's block with its counts.
  static constexpr std::uint64_t kOverhead = sizeof(Table::value_type) + 8 * sizeof(void*);

  void push(Queue& queue, Entry& entry);
  void unlink(Entry& entry);
  void move(Entry& entry, Queue& to);
  void remove(Entry& entry, Dropped& dropped);
  void forget(Entry& entry, Dropped& dropped);
  void make_room(std::uint64_t needed, Instant now, Dropped& dropped);
  void evict_small(Instant now, Dropped& dropped);
  void evict_main(Instant now, Dropped& dropped);
  void trim_ghosts(Dropped& dropped);

  std::uint64_t max_bytes_;
  std::uint64_t bytes_ = 0;
  std::uint64_t evictions_ = 0;
  std::set<Key> tags_;
  Table table_;
  Queue small_;
  Queue main_;
  Queue ghosts_;
};

}  // namespace mlgateway::cache
