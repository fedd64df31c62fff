#include "sidecar/observe/counter.hpp"

#include <gtest/gtest.h>

namespace mlgateway::observe {
namespace {

using namespace std::chrono_literals;

TEST(Counter, CountsByOneOrMore) {
  Counter counter;
  counter.add();
  counter.add(41);
  EXPECT_EQ(counter.value(), 42u);
}

TEST(Gauge, GoesUpAndDown) {
  Gauge gauge;
  gauge.add();
  gauge.add(2);
  gauge.sub();
  EXPECT_EQ(gauge.value(), 2);
  gauge.set(-7);
  EXPECT_EQ(gauge.value(), -7);
}

TEST(Histogram, CountsADurationInTheFirstBucketThatHoldsIt) {
  DurationHistogram histogram;
  histogram.record(0ns);
  histogram.record(500us);
  histogram.record(500001ns);
  histogram.record(60s);
  histogram.record(61s);
  EXPECT_EQ(histogram.count(0), 2u) << "a bound belongs to its bucket";
  EXPECT_EQ(histogram.count(1), 1u);
  EXPECT_EQ(histogram.count(15), 1u);
  EXPECT_EQ(histogram.count(16), 1u) << "above every bound";
  EXPECT_EQ(histogram.sum(), 121s + 1000001ns);
}

TEST(Histogram, TakesANegativeDurationAsNone) {
  OverheadHistogram histogram;
  histogram.record(-5ns);
  EXPECT_EQ(histogram.count(0), 1u);
  EXPECT_EQ(histogram.sum(), 0ns);
}

template <std::size_t N>
bool ascends(const Bounds<N>& bounds) {
  for (std::size_t i = 1; i < N; ++i) {
    if (bounds[i - 1] >= bounds[i]) return false;
  }
  return true;
}

TEST(Histogram, HasBoundsThatAscend) {
  EXPECT_TRUE(ascends(kDurationBounds));
  EXPECT_TRUE(ascends(kOverheadBounds));
}

}  // namespace
}  // namespace mlgateway::observe
