// The status of one quota: its conditions, whom it limits, and how much of it is used. Pure.
#pragma once

#include <optional>
#include <set>

#include "operator/api/observed.hpp"
#include "operator/api/quota_status.hpp"
#include "operator/api/sidecar_report.hpp"
#include "operator/quota/decide.hpp"
#include "sidecar/base/clock.hpp"

namespace mlgateway::quota {

// `lagging` as for programmed() in conditions.hpp. Use is told as the sidecar reports it; where none is asked or none
// answers, status says nothing of it.
api::QuotaStatus status_of(const api::ObservedQuota& observed, const Outcome& outcome,
                           const std::set<api::ObjectKey>& lagging, const std::optional<api::SidecarReport>& sidecar,
                           WallTime now);

}  // namespace mlgateway::quota
