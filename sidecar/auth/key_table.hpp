// All keys of a route, found by their digest.
#pragma once

#include <cstdint>
#include <vector>

#include "sidecar/config/gateway_config.hpp"

namespace mlgateway::auth {

// Open addressing over the digest's first bytes, which SHA-256 has mixed already; one probe in most cases, no
// allocation after construction. Points into the methods' key sets, which must outlive it.
class KeyTable {
 public:
  struct Entry {
    const config::ApiKey* key = nullptr;
    const config::KeySet* set = nullptr;
    std::size_t method = 0;  // index into the methods
  };

  explicit KeyTable(const std::vector<config::AuthMethod>& methods);

  // Null when no key has this digest. Whole digests are compared in constant time.
  const Entry* find(const config::Digest& digest) const;

 private:
  void insert(const Entry& entry);

  std::vector<Entry> slots_;  // a power of two of them, at least half of them free
};

}  // namespace mlgateway::auth
