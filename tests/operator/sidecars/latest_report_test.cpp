#include "operator/sidecars/latest_report.hpp"

#include <gtest/gtest.h>

namespace mlgateway::sidecars {
namespace {

using namespace std::chrono_literals;

const LatestReport::Time kStart{1h};

api::SidecarReport used(config::Millionths amount) {
  api::SidecarReport report;
  report.routes = {{{"default", "iris"}, 1, "abc"}};
  report.quotas = {{{"default", "plans"}, 1, "def"}};
  report.uses = {{{"default", "plans"}, {{"gold", "daily", 10 * config::kOne, amount, 0, 0}}}};
  return report;
}

TEST(LatestReport, IsTheFirst) {
  LatestReport latest;
  EXPECT_FALSE(latest.get());
  EXPECT_TRUE(latest.take(used(0), kStart));
  EXPECT_EQ(latest.get(), used(0));
}

TEST(LatestReport, IsNotNewsWhenItIsTheSame) {
  LatestReport latest;
  latest.take(used(0), kStart);
  EXPECT_FALSE(latest.take(used(0), kStart + 1h));
}

TEST(LatestReport, TellsOfUseOnceASecond) {
  LatestReport latest;
  latest.take(used(0), kStart);
  EXPECT_FALSE(latest.take(used(1), kStart + 999ms));
  EXPECT_EQ(latest.get(), used(0));
  EXPECT_TRUE(latest.take(used(2), kStart + 1s));
  EXPECT_EQ(latest.get(), used(2));
  EXPECT_FALSE(latest.take(used(3), kStart + 1999ms));
}

TEST(LatestReport, TellsAtOnceOfWhatRuns) {
  LatestReport latest;
  latest.take(used(0), kStart);
  api::SidecarReport other = used(1);
  other.quotas[0].generation = 2;
  EXPECT_TRUE(latest.take(other, kStart + 1ms));
  other.routes[0].hash = "another";
  EXPECT_TRUE(latest.take(other, kStart + 2ms));
  other.config_error = "broken";
  EXPECT_TRUE(latest.take(other, kStart + 3ms));
  EXPECT_TRUE(latest.take({"gone", "", {}, {}, {}}, kStart + 4ms));
}

}  // namespace
}  // namespace mlgateway::sidecars
