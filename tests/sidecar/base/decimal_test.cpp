#include "sidecar/base/decimal.hpp"

#include <limits>

#include <gtest/gtest.h>

namespace mlgateway {
namespace {

TEST(Decimal, LeavesOutWhatSaysNothing) {
  EXPECT_EQ(decimal_text(0), "0");
  EXPECT_EQ(decimal_text(10'000'000), "10");
  EXPECT_EQ(decimal_text(1'400'000), "1.4");
}

TEST(Decimal, KeepsAllSixPlaces) {
  EXPECT_EQ(decimal_text(1), "0.000001");
  EXPECT_EQ(decimal_text(1'000'001), "1.000001");
  EXPECT_EQ(decimal_text(50), "0.00005");
}

TEST(Decimal, WritesTheWholeRange) {
  EXPECT_EQ(decimal_text(-1'500'000), "-1.5");
  EXPECT_EQ(decimal_text(std::numeric_limits<std::int64_t>::max()), "9223372036854.775807");
  EXPECT_EQ(decimal_text(std::numeric_limits<std::int64_t>::min()), "-9223372036854.775808");
}

}  // namespace
}  // namespace mlgateway
