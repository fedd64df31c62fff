// What neither schema nor rules can see in one MLQuota, and still no other object is needed for. Pure.
#pragma once

#include "operator/api/mlquota.hpp"
#include "operator/schema/fault.hpp"

namespace mlgateway::quota {

// Keys of labels that no object can have.
schema::Faults check_semantics(const api::MLQuota& quota);

}  // namespace mlgateway::quota
