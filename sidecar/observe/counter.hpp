// Numbers that one thread writes and any thread reads.
//
// A worker counts its own requests and nobody else's, so a plain load and store is enough: no locked instruction, no
// shared cache line. The scraping thread reads each number whole, though not all numbers at the same instant.
// Two threads must never write the same Counter, Gauge or Histogram; increments would be lost.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <type_traits>

namespace mlgateway::observe {

class Counter {
 public:
  void add(std::uint64_t n = 1) { value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

class Gauge {
 public:
  void add(std::int64_t n = 1) { value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed); }
  void sub(std::int64_t n = 1) { add(-n); }
  void set(std::int64_t value) { value_.store(value, std::memory_order_relaxed); }
  std::int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_{0};
};

// Upper bounds of a histogram's buckets, ascending; a last bucket without bound follows by itself.
template <std::size_t N>
using Bounds = std::array<std::chrono::nanoseconds, N>;

// Durations counted by bucket. `kBounds` is part of the type, so that the search compiles into constants.
template <const auto& kBounds>
class Histogram {
 public:
  static constexpr std::size_t kBuckets = std::tuple_size_v<std::remove_cvref_t<decltype(kBounds)>> + 1;

  void record(std::chrono::nanoseconds duration) {
    std::size_t bucket = 0;  // most durations lie in the first few buckets: a walk beats halving
    while (bucket < kBuckets - 1 && duration > kBounds[bucket]) ++bucket;
    counts_[bucket].add();
    sum_.add(duration.count() > 0 ? static_cast<std::uint64_t>(duration.count()) : 0);
  }

  // How many fell into this bucket alone (not cumulative).
  std::uint64_t count(std::size_t bucket) const { return counts_[bucket].value(); }
  std::chrono::nanoseconds sum() const {
    return std::chrono::nanoseconds{static_cast<std::chrono::nanoseconds::rep>(sum_.value())};
  }

 private:
  std::array<Counter, kBuckets> counts_;
  Counter sum_;
};

// From a cache-like answer to the longest generation.
inline constexpr Bounds<16> kDurationBounds = {
    std::chrono::microseconds{500},  std::chrono::milliseconds{1},     std::chrono::microseconds{2500},
    std::chrono::milliseconds{5},    std::chrono::milliseconds{10},    std::chrono::milliseconds{25},
    std::chrono::milliseconds{50},   std::chrono::milliseconds{100},   std::chrono::milliseconds{250},
    std::chrono::milliseconds{500},  std::chrono::milliseconds{1000},  std::chrono::milliseconds{2500},
    std::chrono::milliseconds{5000}, std::chrono::milliseconds{10000}, std::chrono::milliseconds{30000},
    std::chrono::milliseconds{60000}};

// The gateway's own share of a request is some ten microseconds; above a millisecond it waited for the processor.
inline constexpr Bounds<14> kOverheadBounds = {
    std::chrono::microseconds{5},   std::chrono::microseconds{10},  std::chrono::microseconds{25},
    std::chrono::microseconds{50},  std::chrono::microseconds{100}, std::chrono::microseconds{250},
    std::chrono::microseconds{500}, std::chrono::milliseconds{1},   std::chrono::microseconds{2500},
    std::chrono::milliseconds{5},   std::chrono::milliseconds{10},  std::chrono::milliseconds{25},
    std::chrono::milliseconds{50},  std::chrono::milliseconds{100}};

using DurationHistogram = Histogram<kDurationBounds>;
using OverheadHistogram = Histogram<kOverheadBounds>;

}  // namespace mlgateway::observe
