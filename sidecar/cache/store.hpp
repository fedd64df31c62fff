// The answers kept for one route, within a budget of bytes; shared by the workers.
//
// A mutex guards it, held for a look-up or an insertion, never while an answer is written or freed. Eviction is S3-FIFO
// (Yang et al., SOSP 2023): a new answer has to be asked for again before it may push out one that is in use, so a scan
// of requests that never come back leaves the useful ones alone.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>

#include "sidecar/base/clock.hpp"
#include "sidecar/cache/answer.hpp"
#include "sidecar/cache/key.hpp"

namespace mlgateway::cache {

// An answer that takes more than the budget divided by this is not kept.
inline constexpr std::uint64_t kLargestShare = 8;

class Shelves;

class Store {
 public:
  // Keeps nothing before retain() has named the tags that are live.
  explicit Store(std::uint64_t max_bytes);
  ~Store();

  // Null when there is none, or none that is fresh.
  AnswerPtr find(const Key& key, Instant now);
  // In place of an older one. Says whether kept: not if it is too large, over already, or its tag is not live.
  bool insert(const Key& key, const Key& tag, AnswerPtr answer, Instant now);
  // Another configuration: other budget, and only entries of these tags stay.
  void retain(std::span<const Key> live_tags, std::uint64_t max_bytes);

  struct Numbers {
    std::uint64_t bytes = 0;    // what the entries hold, keys and bookkeeping included; never above the budget
    std::uint64_t entries = 0;  // some may be stale already
    std::uint64_t evictions = 0;
  };
  Numbers numbers() const;

 private:
  mutable std::mutex mutex_;
  std::unique_ptr<Shelves> shelves_;  // under mutex_
};

}  // namespace mlgateway::cache
