// Quotas for tests: small, complete, and changed by the test where it matters.
#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "operator/api/observed.hpp"

namespace mlgateway::quota {

inline const WallTime kBegan{std::chrono::seconds(1'709'208'000)};  // 2024-02-29T12:00:00Z

// A good quota of ten requests a day for each caller.
inline api::ObservedQuota observed_quota(const std::string& name, std::vector<std::string> targets = {}) {
  api::MLQuota quota;
  quota.key = {"default", name};
  quota.targets = std::move(targets);
  config::Limit daily{"daily", config::LimitUnit::Request, {}, {}};
  daily.budget = config::Budget{10 * config::kOne, std::chrono::hours(24)};
  quota.tiers = {{"everyone", {}, config::QuotaScope::Principal, {daily}}};
  api::ObservedQuota observed;
  observed.key = quota.key;
  observed.generation = observed.good_generation = 1;
  observed.good = std::move(quota);
  observed.created = kBegan;
  return observed;
}

}  // namespace mlgateway::quota
