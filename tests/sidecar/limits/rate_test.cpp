#include "sidecar/limits/rate.hpp"

#include <array>

#include <gtest/gtest.h>

#include "tests/sidecar/limits/quotas.hpp"

namespace mlgateway::limits {
namespace {

constexpr Drain drain(Amount amount, config::Milliseconds per, Instant since = Instant::min()) {
  return {since, amount, per};
}

TEST(Rate, DrainsASecondsAmountInExactlyASecond) {
  const std::array drains = {drain(units(7), 1s)};
  RateBucket bucket;
  fill(bucket, drains, units(7), kNoon);
  EXPECT_GT(level_at(bucket, drains, kNoon + 1s - 1ns), 0);
  EXPECT_EQ(level_at(bucket, drains, kNoon + 1s), 0);
}

TEST(Rate, NeverDrainsBelowEmpty) {
  const std::array drains = {drain(units(7), 1s)};
  RateBucket bucket;
  fill(bucket, drains, units(1), kNoon);
  fill(bucket, drains, units(1), kNoon + 24h);
  EXPECT_EQ(rounded_up(level_at(bucket, drains, kNoon + 24h)), units(1));
}

// A third of a unit per charge: what is lost or won by rounding would show after a million of them.
TEST(Rate, DoesNotDriftHoweverOftenItIsCharged) {
  const std::array drains = {drain(units(1), 24h)};
  RateBucket bucket;
  for (int i = 0; i < 1'000'000; ++i) fill(bucket, drains, 1, kNoon + i * 1ns);
  const Wide drained = in_parts(1'000'000) - level_at(bucket, drains, kNoon + 999'999ns);
  EXPECT_TRUE(drained == in_parts(units(1)) / 86'400'000'000'000 * 999'999);
}

TEST(Rate, DrainsAsFastAsWasSetAtTheTime) {
  const std::array drains = {drain(units(10), 1s), drain(units(1), 1s, kNoon + 5s)};
  RateBucket bucket;
  fill(bucket, drains, units(100), kNoon);
  EXPECT_EQ(rounded_up(level_at(bucket, drains, kNoon + 5s)), units(50));
  EXPECT_EQ(rounded_up(level_at(bucket, drains, kNoon + 15s)), units(40));
}

TEST(Rate, StaysAsFullAsItIsWhileNoRateIsKnown) {
  RateBucket bucket;
  fill(bucket, {}, units(3), kNoon);
  EXPECT_EQ(rounded_up(level_at(bucket, {}, kNoon + 24h)), units(3));
}

TEST(Rate, TakesATimeBeforeTheLastChargeAsThat) {
  const std::array drains = {drain(units(1), 1s)};
  RateBucket bucket;
  fill(bucket, drains, units(3), kNoon);
  EXPECT_EQ(rounded_up(level_at(bucket, drains, kNoon - 1h)), units(3));
}

TEST(Rate, TellsTheFirstNanosecondAtWhichSoMuchHasDrained) {
  // per: some that divide a day, and some that do not.
  for (const auto per : {1ms, 7ms, 1000ms, 1001ms, 86'400'000ms}) {
    for (const Amount amount : {Amount{1}, units(1), units(3), units(1'000'000'000)}) {
      const std::array drains = {drain(amount, per)};
      RateBucket bucket;
      fill(bucket, drains, units(2), kNoon);
      const auto time = time_to_drain(in_parts(units(1)), drains[0]);
      if (time >= std::chrono::hours(24 * 365)) continue;
      EXPECT_LE(rounded_up(level_at(bucket, drains, kNoon + time)), units(1)) << per.count() << " " << amount;
      EXPECT_GT(level_at(bucket, drains, kNoon + time - 1ns), in_parts(units(1))) << per.count() << " " << amount;
    }
  }
}

TEST(Rate, OverflowsNeitherLevelNorTime) {
  const Drain slow = drain(1, 24h);
  const std::array drains = {slow};
  RateBucket bucket;
  for (int i = 0; i < 10; ++i) fill(bucket, drains, kMostAmount, kNoon);
  EXPECT_EQ(rounded_up(level_at(bucket, drains, kNoon)), kMostAmount);
  EXPECT_EQ(time_to_drain(level_at(bucket, drains, kNoon), slow), kLongestWait);
  const std::array fast = {drain(units(1'000'000'000), 1ms)};
  EXPECT_EQ(level_at(bucket, fast, kNoon + kLongestWait), 0);
}

}  // namespace
}  // namespace mlgateway::limits
