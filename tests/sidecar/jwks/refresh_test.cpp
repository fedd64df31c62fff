#include "sidecar/jwks/refresh.hpp"

#include <gtest/gtest.h>

namespace mlgateway::jwks {
namespace {

using namespace std::chrono_literals;

const Instant kNow{1000h};

config::RemoteKeys rules() {
  config::RemoteKeys made;
  made.interval = 5min;
  made.stale_while_error = 1h;
  return made;
}

TEST(Refresh, BeginsAtOnce) {
  EXPECT_LE(due({}, rules(), false), kNow);
  EXPECT_FALSE(end_of_keys({}, rules()));
}

TEST(Refresh, FollowsTheInterval) {
  Refresh refresh;
  refresh.succeed(kNow);
  EXPECT_EQ(due(refresh, rules(), false), kNow + 5min);
}

TEST(Refresh, ComesEarlyForAnUnknownKeyButNotAtOnceAgain) {
  Refresh refresh;
  refresh.succeed(kNow);
  EXPECT_EQ(due(refresh, rules(), true), kNow + kLeastGap);
  refresh.fail(kNow + 10s);
  refresh.fail(kNow + 20s);
  refresh.fail(kNow + 30s);
  refresh.fail(kNow + 40s);
  EXPECT_EQ(due(refresh, rules(), true), kNow + 40s + kLeastGap);
}

TEST(Refresh, TriesAgainSoonAndThenMoreSeldom) {
  Refresh refresh;
  std::vector<std::chrono::seconds> pauses;
  for (int i = 0; i < 9; ++i) {
    refresh.fail(kNow);
    pauses.push_back(std::chrono::duration_cast<std::chrono::seconds>(due(refresh, rules(), false) - kNow));
  }
  EXPECT_EQ(pauses, (std::vector<std::chrono::seconds>{1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s, 60s}));
  refresh.succeed(kNow);
  refresh.fail(kNow);
  EXPECT_EQ(due(refresh, rules(), false), kNow + 1s);
}

TEST(Refresh, NeverWaitsLongerThanTheInterval) {
  auto often = rules();
  often.interval = 10s;
  Refresh refresh;
  for (int i = 0; i < 40; ++i) refresh.fail(kNow);
  EXPECT_EQ(due(refresh, often, false), kNow + 10s);
  refresh.succeed(kNow);
  often.interval = 2s;
  EXPECT_EQ(due(refresh, often, true), kNow + 2s);
}

TEST(Refresh, KeepsOldKeysForAsLongAsTheRouteSays) {
  Refresh refresh;
  refresh.succeed(kNow);
  refresh.fail(kNow + 10min);
  EXPECT_EQ(end_of_keys(refresh, rules()), kNow + 5min + 1h);
  auto strict = rules();
  strict.stale_while_error = 0s;
  EXPECT_EQ(end_of_keys(refresh, strict), kNow + 5min);
  refresh.succeed(kNow + 20min);
  EXPECT_EQ(end_of_keys(refresh, rules()), kNow + 25min + 1h);
}

}  // namespace
}  // namespace mlgateway::jwks
