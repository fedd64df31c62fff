// What the ledger keeps of one owner in one quota.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sidecar/limits/bucket.hpp"
#include "sidecar/limits/identity.hpp"

namespace mlgateway::limits {

struct LimitBucket {
  LimitId limit = 0;
  Bucket bucket;
};

// Stays where it is as long as it lives. The links belong to the structures that they are named after.
struct Account {
  QuotaId quota = 0;
  std::uint32_t pins = 0;  // open reservations' charges: not to be forgotten, and no bucket may move
  std::string owner;
  std::vector<LimitBucket> buckets;  // few: searched one by one

  bool changed = false;        // is in the list of changes
  bool told_as_idle = false;   // the journal knows that nothing is left, so that it may be forgotten
  Account* chain = nullptr;    // AccountTable
  std::uint64_t hash = 0;      // AccountTable
  std::size_t idle_place = 0;  // IdleQueue
  Account* change_before = nullptr;
  Account* change_after = nullptr;
};

}  // namespace mlgateway::limits
