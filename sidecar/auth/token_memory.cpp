#include "sidecar/auth/token_memory.hpp"

#include <algorithm>
#include <cstring>

namespace mlgateway::auth {

TokenMemory::TokenMemory(std::size_t most) : most_in_shard_(std::max<std::size_t>(1, most / kShards)) {}

std::size_t TokenMemory::Hash::operator()(const config::Digest& key) const {
  std::size_t first = 0;
  std::memcpy(&first, key.data(), sizeof first);
  return first;
}

IdentityPtr TokenMemory::find(const config::Digest& key, WallTime now) {
  Shard& shard = shard_of(key);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.entries.find(key);
  if (found == shard.entries.end() || !found->second.identity || now >= found->second.identity->end) return nullptr;
  found->second.asked = true;
  ++shard.hits;
  return found->second.identity;
}

void TokenMemory::remember(const config::Digest& key, IdentityPtr identity) {
  Shard& shard = shard_of(key);
  const std::lock_guard lock(shard.mutex);
  const auto known = shard.entries.find(key);
  if (known != shard.entries.end()) {
    known->second.identity = std::move(identity);
    return;
  }
  const std::size_t place = free_place(shard);
  shard.ring[place] = key;
  shard.entries.emplace(key, Entry{std::move(identity)});
}

void TokenMemory::forget(const config::Digest& key) {
  Shard& shard = shard_of(key);
  const std::lock_guard lock(shard.mutex);
  const auto known = shard.entries.find(key);
  if (known != shard.entries.end()) known->second = {};  // the ring still has its place
}

bool TokenMemory::was_good(const config::Digest& key) const {
  const Shard& shard = shard_of(key);
  const std::lock_guard lock(shard.mutex);
  const auto known = shard.entries.find(key);
  return known != shard.entries.end() && known->second.identity;
}

// The clock algorithm: the hand spares once whoever was asked for since it last came by.
std::size_t TokenMemory::free_place(Shard& shard) const {
  if (shard.ring.size() < most_in_shard_) {
    shard.ring.emplace_back();
    return shard.ring.size() - 1;
  }
  while (true) {
    const std::size_t place = shard.hand;
    shard.hand = (shard.hand + 1) % shard.ring.size();
    const auto entry = shard.entries.find(shard.ring[place]);
    if (!entry->second.asked) {
      shard.entries.erase(entry);
      return place;
    }
    entry->second.asked = false;
  }
}

TokenMemory::Numbers TokenMemory::numbers() const {
  Numbers numbers;
  for (const Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    numbers.tokens += shard.entries.size();
    numbers.hits += shard.hits;
  }
  numbers.good = good_.load(std::memory_order_relaxed);
  for (std::size_t i = 0; i < refused_.size(); ++i) numbers.refused[i] = refused_[i].load(std::memory_order_relaxed);
  return numbers;
}

config::Digest token_key(const config::Digest& token, const config::Digest& rules) {
  config::Digest key = token;
  for (std::size_t i = 0; i < key.size(); ++i) key[i] ^= rules[i];
  return key;
}

}  // namespace mlgateway::auth
