// What a Reservation holds: which bucket was charged how much.
#pragma once

#include <cstdint>
#include <vector>

#include "sidecar/limits/account.hpp"
#include "sidecar/limits/ledger.hpp"

namespace mlgateway::limits {

// One charge to one bucket. Its account is pinned until the charge is closed.
struct Taken {
  Account* account = nullptr;  // null: none yet, or none to be had for a DryRun quota
  LimitId limit = 0;
  std::uint32_t bucket = 0;  // its place in account->buckets
  Amount amount = 0;
  Instant slot;  // of a budget: what it is given back to
  bool of_cost = false;
  bool has_bucket = false;
  std::uint32_t place = 0;           // of the limit in the tier
  const LedgerTier* tier = nullptr;  // for the words of a refusal
};

struct Holding {
  std::vector<Taken> taken;  // the claims' limits, then those of each raise
  std::size_t claimed = 0;   // how many of them the claims have
};

}  // namespace mlgateway::limits
