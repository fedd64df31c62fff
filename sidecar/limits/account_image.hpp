// An account of the ledger as plain values: what the journal writes down and gives back after a restart.
//
// Only wall-clock times are in it, for an Instant means nothing to the next process.
#pragma once

#include <string>
#include <vector>

#include "sidecar/base/clock.hpp"
#include "sidecar/limits/charge.hpp"

namespace mlgateway::limits {

// A part of a budget that is in use, by the end of the sub-window that it was taken in (at most a 60th of the window
// after the taking). It is held for the budget's window, whatever that is by then, from that time on.
struct SlotImage {
  WallTime taken_until;
  Amount amount = 0;
  bool operator==(const SlotImage&) const = default;
};

struct BucketImage {
  std::string limit;             // made by limit_identity()
  Amount debt = 0;               // of a rate: what had not drained at `as_of`, rounded up
  WallTime as_of;                // of a rate; of a budget: when the image was taken
  std::vector<SlotImage> slots;  // of a budget, oldest first
  bool operator==(const BucketImage&) const = default;
};

// Buckets that are empty are left out; an account without buckets is one that the ledger may have forgotten.
struct AccountImage {
  std::string quota;  // made by quota_identity()
  std::string owner;  // made by append_owner()
  std::vector<BucketImage> buckets;
  bool operator==(const AccountImage&) const = default;
};

}  // namespace mlgateway::limits
