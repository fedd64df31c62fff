// The record of who leads (coordination.k8s.io/v1 Lease), from and to JSON.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "sidecar/base/clock.hpp"

namespace mlgateway::kube {

struct LeaseRecord {
  std::string holder;  // empty: released
  std::chrono::seconds duration{0};
  std::string acquire_time;  // MicroTime; never believed, only kept
  std::string renew_time;
  std::int64_t transitions = 0;
  bool operator==(const LeaseRecord&) const = default;
};

// What `lease` says; members that are not of their form count as absent.
LeaseRecord record_from(const nlohmann::json& lease);

// `lease` with `record` written into its spec; whatever else is in it stays.
nlohmann::json with_record(nlohmann::json lease, const LeaseRecord& record);

// "2026-01-02T15:04:05.000000Z": six digits, as Kubernetes wants them.
std::string micro_time(WallTime time);

}  // namespace mlgateway::kube
