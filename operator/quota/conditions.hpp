// The verdicts on one quota beside Accepted, each a function of what was found. Pure.
#pragma once

#include <optional>
#include <set>

#include "operator/api/condition.hpp"
#include "operator/api/object_key.hpp"
#include "operator/api/observed.hpp"
#include "operator/api/sidecar_report.hpp"
#include "operator/quota/decide.hpp"

namespace mlgateway::quota {

api::Verdict resolved_refs(const api::ObservedQuota& quota, const Targets& targets);

// True when the sidecar runs the quota and every route in force that it limits; `lagging` are the routes in force that
// it does not run yet. `sidecar` is empty when nobody is asked.
api::Verdict programmed(const Outcome& outcome, const std::set<api::ObjectKey>& lagging,
                        const std::optional<api::SidecarReport>& sidecar);

}  // namespace mlgateway::quota
