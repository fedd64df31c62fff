#include "sidecar/gateway/random.hpp"

#include <set>

#include <gtest/gtest.h>

namespace mlgateway::gateway {
namespace {

TEST(Random, GivesFractionsInTheHalfOpenUnitIntervalSpreadEvenly) {
  Random random(1);
  double sum = 0;
  for (int i = 0; i < 100'000; ++i) {
    const double fraction = random.fraction();
    ASSERT_GE(fraction, 0.0);
    ASSERT_LT(fraction, 1.0);
    sum += fraction;
  }
  EXPECT_NEAR(sum / 100'000, 0.5, 0.005);
}

TEST(Random, GivesIdsOfThirtyTwoHexDigitsThatDoNotRepeat) {
  Random random(2);
  std::set<std::string> seen;
  for (int i = 0; i < 10'000; ++i) {
    const std::string id = random.id();
    ASSERT_EQ(id.size(), 32u);
    ASSERT_EQ(id.find_first_not_of("0123456789abcdef"), std::string::npos);
    ASSERT_TRUE(seen.insert(id).second);
  }
}

TEST(Random, StartsDifferentlyInEveryWorker) { EXPECT_NE(Random().next(), Random().next()); }

}  // namespace
}  // namespace mlgateway::gateway
