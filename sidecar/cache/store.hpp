// The answers kept for one route, within a budget of bytes; shared by the workers.
//
// A mutex guards it, held for a look-up or an insertion, never while an answer is written. Eviction is S3-FIFO (Yang et
// al., SOSP 2023): a new answer has to be asked for again before it may push out one that is in use, so a scan of
// requests that never come back leaves the useful ones alone.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "sidecar/base/clock.hpp"
#include "sidecar/cache/answer.hpp"
#include "sidecar/cache/key.hpp"

namespace mlgateway::cache {

class Store {
 public:
  explicit Store(std::uint64_t max_bytes);
  ~Store();

  // Null when there is none, or none that is fresh.
  AnswerPtr find(const Key& key, Instant now);
  // An answer larger than an eighth of the budget is not kept; neither is one whose tag is not live. Says whether kept.
  bool insert(const Key& key, const Key& tag, AnswerPtr answer, Instant now);
  // Another configuration: other budget, and only entries of these tags stay.
  void retain(std::span<const Key> live_tags, std::uint64_t max_bytes);

  struct Numbers {
    std::uint64_t bytes = 0;  // what the entries hold, keys and bookkeeping included
    std::uint64_t entries = 0;
    std::uint64_t evictions = 0;
  };
  Numbers numbers() const;

 private:
  struct Shelves;
  std::unique_ptr<Shelves> shelves_;
};

}  // namespace mlgateway::cache
