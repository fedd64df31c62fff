// Accounts as a ledger might tell them to its journal.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "sidecar/limits/account_image.hpp"

namespace mlgateway::limits {

inline WallTime at_second(int second) { return WallTime{} + std::chrono::seconds(1'700'000'000 + second); }

inline BucketImage rate_image(Amount debt) { return {"limit of a rate", debt, at_second(0), {}}; }

inline BucketImage budget_image(int slots) {
  BucketImage bucket{"limit of a budget", 0, at_second(0), {}};
  for (int i = 0; i < slots; ++i) bucket.slots.push_back({at_second(i), 1 + i});
  return bucket;
}

// With and without a rate, a budget, slots of it.
inline AccountImage account_image(int number) {
  AccountImage image{"6:models5:plans", "owner " + std::to_string(number), {}};
  if (number % 3 != 0) image.buckets.push_back(rate_image(number));
  if (number % 2 == 0) image.buckets.push_back(budget_image(number % 7));
  return image;
}

}  // namespace mlgateway::limits
