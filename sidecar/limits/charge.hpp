// What one request takes from the limits of either unit.
#pragma once

#include "sidecar/config/gateway_config.hpp"

namespace mlgateway::limits {

using Amount = config::Millionths;

struct Charge {
  Amount requests = config::kOne;
  Amount cost = 0;

  Amount in(config::LimitUnit unit) const { return unit == config::LimitUnit::Request ? requests : cost; }
};

}  // namespace mlgateway::limits
