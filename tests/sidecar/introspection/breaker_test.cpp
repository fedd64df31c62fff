#include "sidecar/introspection/breaker.hpp"

#include <gtest/gtest.h>

namespace mlgateway::introspection {
namespace {

using namespace std::chrono_literals;

const Instant kNow{1000h};

Breaker failed(unsigned times) {
  Breaker breaker;
  for (unsigned i = 0; i < times; ++i) breaker.fail(kNow);
  return breaker;
}

TEST(Breaker, StaysClosedForAFewFailures) {
  Breaker breaker = failed(Breaker::kMostFailures - 1);
  EXPECT_FALSE(breaker.open());
  EXPECT_TRUE(breaker.admit(kNow));
  breaker.succeed();
  for (unsigned i = 1; i < Breaker::kMostFailures; ++i) breaker.fail(kNow);
  EXPECT_FALSE(breaker.open());
}

TEST(Breaker, LetsOneQuestionThroughWhenItsPauseIsOver) {
  Breaker breaker = failed(Breaker::kMostFailures);
  EXPECT_TRUE(breaker.open());
  EXPECT_FALSE(breaker.admit(kNow));
  EXPECT_FALSE(breaker.admit(kNow + 999ms));
  EXPECT_TRUE(breaker.admit(kNow + 1s));
  EXPECT_FALSE(breaker.admit(kNow + 1s));
  breaker.succeed();
  EXPECT_FALSE(breaker.open());
  EXPECT_TRUE(breaker.admit(kNow + 1s));
}

TEST(Breaker, PausesLongerAfterEachFailure) {
  Breaker breaker = failed(Breaker::kMostFailures);
  Instant now = kNow;
  for (const auto pause : {1s, 2s, 4s, 8s, 16s, 30s, 30s, 30s}) {
    EXPECT_FALSE(breaker.admit(now + pause - 1ms)) << pause.count();
    now += pause;
    EXPECT_TRUE(breaker.admit(now)) << pause.count();
    breaker.fail(now);
  }
}

// Questions that were under way when it opened fail as well.
TEST(Breaker, TakesLateFailures) {
  Breaker breaker = failed(Breaker::kMostFailures + 250);
  EXPECT_FALSE(breaker.admit(kNow + 29s));
  EXPECT_TRUE(breaker.admit(kNow + 30s));
}

}  // namespace
}  // namespace mlgateway::introspection
