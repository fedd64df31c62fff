// 128 bits: products of an amount and a time or a price do not fit 64.
#pragma once

#include <cstdint>
#include <limits>

#include "sidecar/limits/charge.hpp"

namespace mlgateway::limits {

// __extension__ because ISO C++ knows no such type and -Wpedantic says so.
__extension__ typedef __int128 Wide;

inline constexpr Amount kMostAmount = std::numeric_limits<Amount>::max();

// What does not fit an Amount is the largest one: only a DryRun limit, charged beyond all it holds, gets there.
constexpr Amount narrowed(Wide value) { return value > kMostAmount ? kMostAmount : static_cast<Amount>(value); }
constexpr Amount saturating_sum(Amount a, Amount b) { return narrowed(Wide{a} + b); }

// Of numbers that are not negative.
constexpr Wide divided_rounded_up(Wide dividend, Wide divisor) { return (dividend + divisor - 1) / divisor; }

}  // namespace mlgateway::limits
