#include "sidecar/server/recess.hpp"

#include <gtest/gtest.h>

namespace mlgateway::server {
namespace {

using namespace std::chrono_literals;

Instant now() { return std::chrono::steady_clock::now(); }

TEST(Recess, IsOverWhenTheDelayIsAndNothingIsInFlight) {
  std::atomic<bool> draining{false};
  Recess recess(draining, 5min, 30min);
  const Instant began = now();
  recess.begin(began);
  EXPECT_TRUE(draining);
  EXPECT_FALSE(recess.over(began + 5min - 1ms, 0));
  EXPECT_FALSE(recess.over(began + 5min, 1));
  EXPECT_TRUE(recess.over(began + 5min, 0));
  EXPECT_FALSE(recess.over(began + 35min - 1ms, 1));
  EXPECT_TRUE(recess.over(began + 35min, 1));
  EXPECT_TRUE(draining);
}

TEST(Recess, BeginsAnewForWhoAsksLater) {
  std::atomic<bool> draining{false};
  Recess recess(draining, 5min, 30min);
  const Instant began = now();
  recess.begin(began);
  recess.begin(began + 4min);
  EXPECT_FALSE(recess.over(began + 5min, 0));
  EXPECT_TRUE(recess.over(began + 9min, 0));
}

TEST(Recess, IsTakenBackAndMayBeginAgain) {
  std::atomic<bool> draining{false};
  Recess recess(draining, 0ms, 0ms);
  for (int turn = 0; turn < 3; ++turn) {
    recess.begin(now());
    while (draining) std::this_thread::yield();
  }
}

TEST(Recess, IsNotTakenBackFromAProcessThatEnds) {
  std::atomic<bool> draining{false};
  Recess recess(draining, 0ms, 24h);
  recess.begin(now());
  recess.keep();
  EXPECT_TRUE(draining);
  recess.begin(now() - 48h);
  EXPECT_TRUE(draining);
}

}  // namespace
}  // namespace mlgateway::server
