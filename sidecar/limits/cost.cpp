#include "sidecar/limits/cost.hpp"

#include <algorithm>

#include "sidecar/limits/wide.hpp"

namespace mlgateway::limits {
namespace {

// A price times a count or a pointed number is in millionths of millionths, times the factor in millionths of those:
// nothing is rounded before the end.
constexpr Wide kSquare = Wide{config::kOne} * config::kOne;
constexpr Wide kMostProduct = config::kMostMillionths * kSquare;
// The smallest factor is a millionth: a larger sum is too much with any. The sum may stop there and cannot overflow.
constexpr Wide kMostSum = kMostProduct + 1;
constexpr Amount kBeyond = config::kMostMillionths + 1;

Wide whole(std::uint64_t count) { return Wide{count} * config::kOne; }

Wide quantity_of(const config::CostTerm& term, const Quantities& quantities, std::size_t& next_pointed) {
  switch (term.quantity) {
    case config::Quantity::Request: return whole(1);
    case config::Quantity::Rows: return whole(quantities.rows);
    case config::Quantity::Elements: return whole(quantities.elements);
    case config::Quantity::RequestBytes: return whole(quantities.request_bytes);
    case config::Quantity::Pointer:
      if (next_pointed == quantities.pointed.size()) return 0;
      return std::max<Amount>(quantities.pointed[next_pointed++], 0);
  }
  return 0;
}

Amount scaled(Wide sum, config::Millionths factor) {
  if (factor <= 0) return 0;
  if (sum > kMostProduct / factor) return kBeyond;
  return static_cast<Amount>(divided_rounded_up(sum * factor, kSquare));
}

}  // namespace

Amount cost_of(const config::Cost& cost, const Quantities& quantities, config::Millionths factor) {
  Wide sum = 0;
  std::size_t next_pointed = 0;
  for (const config::CostTerm& term : cost.terms) {
    sum = std::min(sum + term.price * quantity_of(term, quantities, next_pointed), kMostSum);
  }
  return scaled(sum, factor);
}

Amount hit_cost(const config::Cost& cost, Amount full) {
  if (cost.cache_hit_factor <= 0) return 0;
  if (full > config::kMostMillionths) return kBeyond;
  return static_cast<Amount>(divided_rounded_up(Wide{full} * cost.cache_hit_factor, config::kOne));
}

}  // namespace mlgateway::limits
