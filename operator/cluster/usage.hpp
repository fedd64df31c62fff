// What is used of a quota, all sidecars together. Pure.
#pragma once

#include <optional>
#include <vector>

#include "operator/cluster/reports.hpp"
#include "operator/workload/workload.hpp"

namespace mlgateway::cluster {

// One for each limit of `quota`, and for no other that a sidecar may tell of: what the caller used who has used most in
// any one sidecar, and all refusals. None: no sidecar tells of the quota.
std::optional<api::QuotaUse> use_of(const config::Quota& quota, const std::vector<workload::Workload>& workloads,
                                    const Reports& reports);

}  // namespace mlgateway::cluster
