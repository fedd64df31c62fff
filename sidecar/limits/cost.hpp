// What a request costs, from the quantities that were counted in it. Pure arithmetic, in millionths, rounded up.
#pragma once

#include <cstdint>
#include <span>

#include "sidecar/config/gateway_config.hpp"
#include "sidecar/limits/charge.hpp"

namespace mlgateway::limits {

// The quantities that the terms of a route's cost ask for. `pointed` are in the order of its Pointer terms.
struct Quantities {
  std::uint64_t rows = 0;
  std::uint64_t elements = 0;
  std::uint64_t request_bytes = 0;
  std::span<const config::Millionths> pointed{};
};

// The sum of the terms times `factor` (the version's), rounded up once at the end. What is beyond kMostMillionths is
// kMostMillionths + 1, which no limit holds.
Amount cost_of(const config::Cost& cost, const Quantities& quantities, config::Millionths factor);

// The share of `cost` that an answer from the cache is charged, rounded up.
Amount hit_cost(const config::Cost& cost, Amount full);

}  // namespace mlgateway::limits
