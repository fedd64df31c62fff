// What the ledger knows of one limit, for ever: a limit that goes and comes back finds it.
#pragma once

#include <string>

#include "sidecar/limits/account.hpp"
#include "sidecar/limits/minute_counts.hpp"

namespace mlgateway::limits {

struct LimitRecord {
  std::string identity;
  QuotaId quota = 0;
  Setting setting;
  Bucket empty;  // of this kind: what an account without a bucket has used

  std::uint64_t refused = 0;
  MinuteCounts refused_lately;
  Amount granted = 0;
  Amount reserved = 0;

  void count_refusal(Instant now) {
    ++refused;
    refused_lately.add(now);
  }
};

}  // namespace mlgateway::limits
