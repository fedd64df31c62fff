// What neither schema nor rules can see in one MLRoute, and still no other object is needed for. Pure.
#pragma once

#include "operator/api/mlroute.hpp"
#include "operator/schema/fault.hpp"

namespace mlgateway::route {

// Hosts that are no addresses, and keys of labels that no object can have.
schema::Faults check_semantics(const api::MLRoute& route);

}  // namespace mlgateway::route
