#include "sidecar/limits/budget.hpp"

#include <gtest/gtest.h>

#include "tests/sidecar/limits/quotas.hpp"

namespace mlgateway::limits {
namespace {

constexpr Window kHour{.length = 1h};  // with sub-windows of a minute

TEST(Budget, HoldsWhatWasTakenForTheWindowAndAtMostASixtiethMore) {
  for (const auto into : {0ns, 1ns, std::chrono::nanoseconds(31s), std::chrono::nanoseconds(1min) - 1ns}) {
    BudgetBucket bucket;
    take(bucket, kHour, 5, kNoon + into);
    EXPECT_EQ(held_at(bucket, kHour, kNoon + into + 1h), 5);
    EXPECT_EQ(held_at(bucket, kHour, kNoon + into + 1h + 1min), 0);
  }
}

TEST(Budget, FreesEachSubWindowAtItsOwnTime) {
  BudgetBucket bucket;
  take(bucket, kHour, 5, kNoon);
  take(bucket, kHour, 3, kNoon + 90s);
  EXPECT_EQ(held_at(bucket, kHour, kNoon + 61min - 1ns), 8);
  EXPECT_EQ(held_at(bucket, kHour, kNoon + 61min), 3);
  EXPECT_EQ(held_at(bucket, kHour, kNoon + 62min), 0);
}

TEST(Budget, TellsWhenLessWillBeHeld) {
  BudgetBucket bucket;
  take(bucket, kHour, 5, kNoon);
  take(bucket, kHour, 3, kNoon + 90s);
  const Instant now = kNoon + 10min;
  EXPECT_EQ(time_until_held(bucket, kHour, 8, now), 0ns);
  EXPECT_EQ(time_until_held(bucket, kHour, 7, now), 51min);
  EXPECT_EQ(time_until_held(bucket, kHour, 3, now), 51min);
  EXPECT_EQ(time_until_held(bucket, kHour, 2, now), 52min);
  EXPECT_EQ(time_until_held(bucket, kHour, 0, now), 52min);
}

TEST(Budget, UsesMemoryOnlyForSubWindowsInUse) {
  BudgetBucket bucket;
  for (int i = 0; i < 1000; ++i) take(bucket, kHour, 1, kNoon + i * 10ms);
  EXPECT_EQ(bucket.slots.size(), 1u);
  for (int i = 0; i < 100'000; ++i) take(bucket, kHour, 1, kNoon + i * 10s);
  EXPECT_LE(bucket.slots.size(), 61u);
}

TEST(Budget, GivesBackToTheSubWindowItWasTakenFrom) {
  BudgetBucket bucket;
  const Instant first = take(bucket, kHour, 5, kNoon);
  take(bucket, kHour, 3, kNoon + 90s);
  give_back(bucket, first, 4);
  EXPECT_EQ(held_at(bucket, kHour, kNoon + 10min), 4);
  EXPECT_EQ(held_at(bucket, kHour, kNoon + 61min), 3);
  give_back(bucket, first, 1);
  EXPECT_EQ(bucket.slots.size(), 1u);
}

TEST(Budget, GivesBackNothingThatHasExpired) {
  BudgetBucket bucket;
  const Instant first = take(bucket, kHour, 5, kNoon);
  take(bucket, kHour, 3, kNoon + 2h);
  give_back(bucket, first, 5);
  EXPECT_EQ(held_at(bucket, kHour, kNoon + 2h), 3);
}

TEST(Budget, HoldsForAsLongAsTheWindowNowIs) {
  BudgetBucket bucket;
  take(bucket, kHour, 5, kNoon);
  const Window longer{.length = 2h};
  EXPECT_EQ(held_at(bucket, longer, kNoon + 90min), 5);
  const Window shorter{.length = 30min};
  EXPECT_EQ(held_at(bucket, shorter, kNoon + 31min), 0);
}

TEST(Budget, DoesNotTakeBackWhatWasFreedBeforeTheWindowGrew) {
  BudgetBucket bucket;
  take(bucket, kHour, 5, kNoon);
  const Window longer{.length = 24h, .freed_until = kNoon + 61min};
  EXPECT_EQ(held_at(bucket, longer, kNoon + 2h), 0);
}

TEST(Budget, TakingNothingHoldsNothing) {
  BudgetBucket bucket;
  take(bucket, kHour, 0, kNoon);
  EXPECT_TRUE(bucket.slots.empty());
}

TEST(Budget, StaysAtTheLargestAmount) {
  BudgetBucket bucket;
  for (int i = 0; i < 3; ++i) take(bucket, kHour, kMostAmount, kNoon + i * 1min);
  take(bucket, kHour, kMostAmount, kNoon + 2min);
  EXPECT_EQ(held_at(bucket, kHour, kNoon + 2min), kMostAmount);
  EXPECT_GT(time_until_held(bucket, kHour, 5, kNoon + 2min), 0ns);
}

TEST(Budget, CutsTheShortestWindowToo) {
  const Window second{.length = 1s};
  BudgetBucket bucket;
  take(bucket, second, 5, kNoon + 1ns);
  EXPECT_EQ(held_at(bucket, second, kNoon + 1s), 5);
  EXPECT_EQ(held_at(bucket, second, kNoon + 1s + 17ms), 0);
}

}  // namespace
}  // namespace mlgateway::limits
