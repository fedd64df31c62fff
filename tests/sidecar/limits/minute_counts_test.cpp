#include "sidecar/limits/minute_counts.hpp"

#include <gtest/gtest.h>

#include "tests/sidecar/limits/quotas.hpp"

namespace mlgateway::limits {
namespace {

TEST(MinuteCounts, CountsTheLastHour) {
  MinuteCounts counts;
  for (int minute = 0; minute < 60; ++minute) counts.add(kNoon + minute * 1min);
  EXPECT_EQ(counts.sum(kNoon + 59min), 60u);
  EXPECT_EQ(counts.sum(kNoon + 60min), 59u);
  EXPECT_EQ(counts.sum(kNoon + 118min), 1u);
  EXPECT_EQ(counts.sum(kNoon + 119min), 0u);
}

TEST(MinuteCounts, ForgetsWhatWasBeforeALongPause) {
  MinuteCounts counts;
  counts.add(kNoon);
  counts.add(kNoon + 24h * 365);
  EXPECT_EQ(counts.sum(kNoon + 24h * 365), 1u);
}

TEST(MinuteCounts, IsZeroBeforeAnythingHappened) { EXPECT_EQ(MinuteCounts().sum(kNoon), 0u); }

}  // namespace
}  // namespace mlgateway::limits
