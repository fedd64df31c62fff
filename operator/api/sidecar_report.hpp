// What a sidecar says it runs, as far as status needs it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "operator/api/object_key.hpp"
#include "sidecar/config/gateway_config.hpp"

namespace mlgateway::api {

// An MLRoute or MLQuota, and which version of it.
struct Loaded {
  ObjectKey key;
  std::int64_t generation = 0;
  std::string hash;
  bool operator==(const Loaded&) const = default;
};

// What is used of one limit.
struct LimitUse {
  std::string tier;
  std::string name;
  config::Millionths holds = 0;
  config::Millionths used = 0;  // by the caller who has used most of it; with DryRun it may be more than it holds
  std::int64_t refused = 0;
  std::int64_t refused_last_hour = 0;
  bool operator==(const LimitUse&) const = default;
};

struct QuotaUse {
  ObjectKey key;
  std::vector<LimitUse> limits;
  bool operator==(const QuotaUse&) const = default;
};

struct SidecarReport {
  std::string unreachable;   // why it did not answer; empty: it did
  std::string config_error;  // why it refused the newest configuration; empty: it did not
  std::vector<Loaded> routes;
  std::vector<Loaded> quotas;
  std::vector<QuotaUse> uses;  // of the quotas
  bool operator==(const SidecarReport&) const = default;
};

}  // namespace mlgateway::api
