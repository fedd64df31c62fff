#include "sidecar/limits/bucket.hpp"

#include <gtest/gtest.h>

#include "tests/sidecar/limits/quotas.hpp"

namespace mlgateway::limits {
namespace {

Setting setting_of(const config::Limit& limit) {
  Setting setting;
  edit(setting, limit);
  return setting;
}

TEST(Bucket, HasRoomAtOnceAfterAWhileOrNever) {
  const Setting setting = setting_of(budget("daily", units(2), 24h));
  Bucket bucket = empty_bucket(setting);
  EXPECT_TRUE(room_for(setting, bucket, units(2), kNoon).now());
  charge(setting, bucket, units(1), kNoon);
  EXPECT_EQ(room_for(setting, bucket, units(2), kNoon).wait, 24h + 24min);
  EXPECT_TRUE(room_for(setting, bucket, units(2) + 1, kNoon).never);
}

TEST(Bucket, StandsInTheWayForLongestWhenItNeverHasRoom) {
  const Room never{.never = true};
  const Room long_wait{.wait = 24h};
  const Room short_wait{.wait = 1s};
  EXPECT_TRUE(never.worse_than(long_wait));
  EXPECT_FALSE(long_wait.worse_than(never));
  EXPECT_TRUE(long_wait.worse_than(short_wait));
  EXPECT_FALSE(short_wait.worse_than(short_wait));
}

TEST(Bucket, OfARateIsEmptyWhenAllHasDrained) {
  const Setting setting = setting_of(rate("burst", units(2), 1s, units(10)));
  Bucket bucket = empty_bucket(setting);
  EXPECT_EQ(empty_at(setting, bucket, kNoon), kNoon);
  charge(setting, bucket, units(3), kNoon);
  EXPECT_EQ(used(setting, bucket, kNoon), units(3));
  EXPECT_EQ(empty_at(setting, bucket, kNoon), kNoon + 1500ms);
  EXPECT_EQ(used(setting, bucket, kNoon + 1500ms), 0);
}

TEST(Bucket, OfARateHasMoreWithTheNextWholeUnit) {
  const Setting setting = setting_of(rate("burst", units(1), 1s, units(10)));
  Bucket bucket = empty_bucket(setting);
  charge(setting, bucket, units(2) + config::kOne / 4, kNoon);
  const Outlook seen = outlook(setting, bucket, kNoon);
  EXPECT_EQ(seen.remaining, units(7) + config::kOne * 3 / 4);
  EXPECT_EQ(seen.more_after, 250ms);
  EXPECT_EQ(seen.full_after, 2250ms);
}

TEST(Bucket, BeyondItsLimitHasNothingLeftAndMoreWhenItIsBelow) {
  Setting setting = setting_of(budget("daily", units(9), 24h));
  Bucket bucket = empty_bucket(setting);
  charge(setting, bucket, units(5), kNoon);
  charge(setting, bucket, units(4), kNoon + 1h);
  edit(setting, budget("daily", units(3), 24h));
  const Outlook seen = outlook(setting, bucket, kNoon + 2h);
  EXPECT_EQ(seen.remaining, 0);
  EXPECT_EQ(seen.more_after, 23h + 12min);
}

TEST(Setting, TellsAChangeFromNone) {
  Setting setting;
  EXPECT_TRUE(edit(setting, rate("burst", units(1), 1s, units(10))));
  EXPECT_FALSE(edit(setting, rate("burst", units(1), 1s, units(10))));
  EXPECT_TRUE(edit(setting, rate("burst", units(2), 1s, units(10))));
  EXPECT_TRUE(edit(setting, rate("burst", units(2), 2s, units(10))));
  EXPECT_TRUE(edit(setting, rate("burst", units(2), 2s, units(11))));
  Setting other;
  EXPECT_TRUE(edit(other, budget("daily", units(1), 24h)));
  EXPECT_FALSE(edit(other, budget("daily", units(1), 24h)));
  EXPECT_TRUE(edit(other, budget("daily", units(1), 23h)));
}

TEST(Setting, RemembersAFewRatesHoweverOftenItIsEdited) {
  Setting setting;
  for (int i = 1; i < 100; ++i) {
    edit(setting, rate("burst", units(i), 1s, units(10)));
    begin_edits(setting, kNoon + i * 1s);
  }
  EXPECT_LE(setting.drains.size(), 8u);
  EXPECT_EQ(setting.drains.back().amount, units(99));
}

TEST(Setting, ForgetsAnEditThatWasReplacedBeforeItBegan) {
  Setting setting = setting_of(rate("burst", units(1), 1s, units(10)));
  for (int i = 2; i < 100; ++i) edit(setting, rate("burst", units(i), 1s, units(10)));
  EXPECT_EQ(setting.drains.size(), 2u);
}

}  // namespace
}  // namespace mlgateway::limits
