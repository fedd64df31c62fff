#include "sidecar/base/rfc3339.hpp"

#include <gtest/gtest.h>

namespace mlgateway {
namespace {

using namespace std::chrono_literals;
using std::chrono::sys_days;

TEST(Rfc3339, WritesUtcWithMilliseconds) {
  const WallTime time = sys_days{std::chrono::year{2024} / 2 / 29} + 12h + 34min + 56s + 7ms;
  EXPECT_EQ(rfc3339(time), "2024-02-29T12:34:56.007Z");
}

TEST(Rfc3339, CutsOffWhatIsFinerThanAMillisecond) {
  EXPECT_EQ(rfc3339(WallTime{999999us}), "1970-01-01T00:00:00.999Z");
}

TEST(Rfc3339, WritesInstantsBeforeTheEpoch) { EXPECT_EQ(rfc3339(WallTime{-1ms}), "1969-12-31T23:59:59.999Z"); }

TEST(Rfc3339Clock, FollowsTimeForwardsAndBackwards) {
  Rfc3339Clock clock;
  std::string out;
  for (const auto time : {1500ms, 1501ms, 2000ms, 999ms}) {
    char text[Rfc3339Clock::kSize];
    clock.write(text, WallTime{time});
    out.append(text, sizeof text) += ' ';
  }
  EXPECT_EQ(out,
            "1970-01-01T00:00:01.500Z 1970-01-01T00:00:01.501Z 1970-01-01T00:00:02.000Z 1970-01-01T00:00:00.999Z ");
}

}  // namespace
}  // namespace mlgateway
