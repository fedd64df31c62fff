// Tokens that were verified, by the hash of their whole text: a signature is checked once, not in every request.
//
// Shared by all workers and configurations. Every function may be called from any thread: the entries lie in shards,
// each under a mutex that is held for a look-up. Refused tokens are not remembered, so nobody can fill it who has no
// good ones; when it is full, tokens that were not asked for since the last round go first.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "sidecar/auth/identity.hpp"
#include "sidecar/base/reason.hpp"
#include "sidecar/config/values.hpp"

namespace mlgateway::auth {

using IdentityPtr = std::shared_ptr<const Identity>;

class TokenMemory {
 public:
  // About 8,000 tokens take 5 MB; a caller needs a new one every few minutes at most.
  static constexpr std::size_t kMostTokens = 8192;

  explicit TokenMemory(std::size_t most = kMostTokens);

  // `key` stands for the token and for all that it was judged by (token_key). Null when it is not remembered or has
  // ended; what has ended makes room when the hand comes by.
  IdentityPtr find(const config::Digest& key, WallTime now);
  void remember(const config::Digest& key, IdentityPtr identity);
  // It was judged again, and refused.
  void forget(const config::Digest& key);
  // Whether it was good when it was judged last, even if it has ended since and has to be judged again.
  bool was_good(const config::Digest& key) const;

  // Counts a token that was judged: found good, or refused for a reason.
  void count_good() { good_.fetch_add(1, std::memory_order_relaxed); }
  void count_refused(Reason reason) {
    refused_[static_cast<std::size_t>(reason)].fetch_add(1, std::memory_order_relaxed);
  }

  struct Numbers {
    std::size_t tokens = 0;  // remembered now
    std::uint64_t hits = 0;  // requests whose token was remembered
    std::uint64_t good = 0;  // tokens verified
    std::array<std::uint64_t, kReasonCount> refused{};
  };
  Numbers numbers() const;

 private:
  struct Hash {  // the key is a digest, mixed already
    std::size_t operator()(const config::Digest& key) const;
  };
  struct Entry {
    IdentityPtr identity;  // null: forgotten
    bool asked = false;    // since the hand passed
  };
  using Entries = std::unordered_map<config::Digest, Entry, Hash>;
  struct alignas(64) Shard {
    mutable std::mutex mutex;
    Entries entries;
    std::vector<config::Digest> ring;  // the keys of all entries, in the order of the hand
    std::size_t hand = 0;
    std::uint64_t hits = 0;
  };
  static constexpr std::size_t kShards = 16;

  Shard& shard_of(const config::Digest& key) { return shards_[key.back() % kShards]; }
  const Shard& shard_of(const config::Digest& key) const { return shards_[key.back() % kShards]; }
  std::size_t free_place(Shard& shard) const;

  const std::size_t most_in_shard_;
  std::array<Shard, kShards> shards_;
  std::atomic<std::uint64_t> good_{0};
  std::array<std::atomic<std::uint64_t>, kReasonCount> refused_{};
};

// One key for a token and the rules of a route, so that the same token means nothing under other rules.
config::Digest token_key(const config::Digest& token, const config::Digest& rules);

}  // namespace mlgateway::auth
