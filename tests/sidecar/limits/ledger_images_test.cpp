// What a journal reads from one ledger and gives to the next.
#include <gtest/gtest.h>

#include "sidecar/limits/identity.hpp"
#include "sidecar/limits/wide.hpp"
#include "tests/sidecar/limits/quotas.hpp"

namespace mlgateway::limits {
namespace {

using config::LimitUnit;

config::Quota plans() {
  return quota("plans", {budget("daily", units(10), 24h), rate("burst", units(1), 1h, units(10)),
                         budget("credits", units(10), 24h, LimitUnit::Cost)});
}

std::vector<AccountImage> changed(Ledger& ledger, Instant now = kNoon) {
  std::vector<AccountImage> images;
  while (ledger.take_changed(3, now, kWallNoon + (now - kNoon), images)) continue;
  return images;
}

std::vector<AccountImage> all(const Ledger& ledger, Instant now = kNoon) {
  std::vector<AccountImage> images;
  for (std::size_t cursor = 0; ledger.images(cursor, 3, now, kWallNoon + (now - kNoon), images);) continue;
  return images;
}

// The next process: another steady clock, and so much later.
struct Restarted {
  explicit Restarted(const std::vector<AccountImage>& images, std::chrono::nanoseconds later = 0ns) {
    for (const AccountImage& image : images) ledger.restore(image, now, kWallNoon + later);
  }

  Instant now = Instant{} + 90s;
  Ledger ledger;
};

TEST(LedgerImages, ShowAccountsThatChangedSinceTheyWereTaken) {
  Ledger ledger;
  const Enrolled enrolled(ledger, plans());
  EXPECT_TRUE(changed(ledger).empty());
  for (int i = 0; i < 10; ++i) spend(ledger, enrolled.claim("owner " + std::to_string(i)), kNoon);
  EXPECT_EQ(changed(ledger).size(), 10u);
  EXPECT_TRUE(changed(ledger).empty());
  spend(ledger, enrolled.claim("owner 4"), kNoon);
  spend(ledger, enrolled.claim("owner 4"), kNoon);
  const auto images = changed(ledger);
  ASSERT_EQ(images.size(), 1u);
  EXPECT_EQ(images[0].owner, "owner 4");
  EXPECT_EQ(images[0].quota, quota_identity(plans()));
}

TEST(LedgerImages, AreAtMostAsManyAsAskedFor) {
  Ledger ledger;
  const Enrolled enrolled(ledger, plans());
  changed(ledger);
  for (int i = 0; i < 100; ++i) spend(ledger, enrolled.claim("owner " + std::to_string(i)), kNoon);
  std::vector<AccountImage> images;
  EXPECT_TRUE(ledger.take_changed(40, kNoon, kWallNoon, images));
  EXPECT_EQ(images.size(), 40u);
  EXPECT_TRUE(ledger.take_changed(59, kNoon, kWallNoon, images));
  EXPECT_FALSE(ledger.take_changed(1, kNoon, kWallNoon, images));
  EXPECT_EQ(images.size(), 100u);
}

TEST(LedgerImages, HoldWhatIsUsedOfEachLimit) {
  Ledger ledger;
  const Enrolled enrolled(ledger, plans());
  changed(ledger);
  spend(ledger, enrolled.claim("alice"), kNoon, units(3));
  const auto images = changed(ledger, kNoon + 1800s + 1ns);
  ASSERT_EQ(images.size(), 1u);
  ASSERT_EQ(images[0].buckets.size(), 3u);
  const WallTime wall = kWallNoon + 1800s + 1ns;
  const WallTime taken = kWallNoon + 24min;
  const auto identity = [&](std::size_t i) { return limit_identity(plans(), plans().tiers[0], enrolled.limit(i)); };
  EXPECT_EQ(images[0].buckets[0], (BucketImage{identity(0), 0, wall, {{taken, units(1)}}}));
  EXPECT_EQ(images[0].buckets[1], (BucketImage{identity(1), units(1) / 2, wall, {}}));  // rounded up
  EXPECT_EQ(images[0].buckets[2], (BucketImage{identity(2), 0, wall, {{taken, units(3)}}}));
}

TEST(LedgerImages, OfAllAccountsAreWalkedInSlices) {
  Ledger ledger;
  const Enrolled enrolled(ledger, plans());
  for (int i = 0; i < 500; ++i) spend(ledger, enrolled.claim("owner " + std::to_string(i)), kNoon);
  EXPECT_EQ(all(ledger).size(), 500u);
  std::vector<AccountImage> some;
  std::size_t cursor = 0;
  EXPECT_TRUE(ledger.images(cursor, 100, kNoon, kWallNoon, some));
  EXPECT_LT(some.size(), 120u);
}

TEST(LedgerImages, TellOnceThatAnAccountIsIdleBeforeItIsForgotten) {
  Ledger ledger;
  const Enrolled enrolled(ledger, quota("plans", {budget("b", units(1), 1s)}));
  changed(ledger);
  spend(ledger, enrolled.claim("alice"), kNoon);
  EXPECT_EQ(changed(ledger).size(), 1u);
  std::vector<AccountImage> told;
  for (int i = 0; i < 10; ++i) {
    for (AccountImage& image : changed(ledger, kNoon + 1h + i * 1s)) told.push_back(std::move(image));
  }
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].owner, "alice");
  EXPECT_TRUE(told[0].buckets.empty());
  EXPECT_EQ(ledger.accounts(), 0u);
}

TEST(LedgerImages, TellWhatWasGivenBack) {
  Ledger ledger;
  const Enrolled enrolled(ledger, quota("plans", {budget("b", units(1), 24h)}));
  changed(ledger);
  Attempt open = reserve(ledger, {enrolled.claim("alice")}, kNoon);
  EXPECT_EQ(changed(ledger)[0].buckets.size(), 1u);
  open.reservation.give_back();
  const auto images = changed(ledger);
  ASSERT_EQ(images.size(), 1u);
  EXPECT_TRUE(images[0].buckets.empty());
}

TEST(LedgerRestore, GoesOnWhereTheOtherEnded) {
  Ledger ledger;
  const Enrolled before(ledger, plans());
  for (int i = 0; i < 4; ++i) spend(ledger, before.claim("alice"), kNoon, units(2));
  Restarted next(all(ledger));
  const Enrolled after(next.ledger, plans());
  const Attempt made = reserve(next.ledger, {after.claim("alice")}, next.now);
  EXPECT_EQ(made.standings[0].remaining, units(5));
  EXPECT_EQ(made.standings[1].remaining, units(5));
  EXPECT_EQ(made.standings[2].remaining, units(2));
}

TEST(LedgerRestore, MakesTheSameImageAgainWhetherOrNotTheLimitsAreEnrolled) {
  Ledger ledger;
  const Enrolled before(ledger, plans());
  spend(ledger, before.claim("alice"), kNoon, units(2));
  const auto images = all(ledger, kNoon + 24min);
  for (const bool enrolled : {false, true}) {
    Ledger next;
    const Instant now = Instant{} + 24h;
    std::optional<Enrolled> after;
    if (enrolled) after.emplace(next, plans());
    for (const AccountImage& image : images) next.restore(image, now, kWallNoon + 24min);
    std::vector<AccountImage> again;
    for (std::size_t cursor = 0; next.images(cursor, 3, now, kWallNoon + 24min, again);) continue;
    EXPECT_EQ(again, images) << enrolled;
  }
}

TEST(LedgerRestore, LeavesOutWhatDrainedOrExpiredWhileNobodyRan) {
  Ledger ledger;
  const Enrolled before(ledger, plans());
  for (int i = 0; i < 4; ++i) spend(ledger, before.claim("alice"), kNoon, units(2));
  Restarted next(all(ledger), 3h);
  const Enrolled after(next.ledger, plans());
  const Attempt made = reserve(next.ledger, {after.claim("alice")}, next.now);
  EXPECT_EQ(made.standings[0].remaining, units(5));
  EXPECT_EQ(made.standings[1].remaining, units(8));  // three hours drained three
  Restarted much_later(all(ledger), 25h);
  const Enrolled later(much_later.ledger, plans());
  EXPECT_EQ(reserve(much_later.ledger, {later.claim("alice")}, much_later.now).standings[0].remaining, units(9));
}

TEST(LedgerRestore, MakesNoAccountOfWhatIsAllOver) {
  Ledger ledger;
  const Enrolled before(ledger, plans());
  spend(ledger, before.claim("alice"), kNoon);
  EXPECT_EQ(Restarted(all(ledger), std::chrono::hours(24 * 40)).ledger.accounts(), 0u);
}

// The clock went back a year: a time to come counts as now, so that all is held for the whole window once more.
TEST(LedgerRestore, CountsTimesToComeAsNow) {
  Ledger ledger;
  const Enrolled before(ledger, plans());
  for (int i = 0; i < 10; ++i) spend(ledger, before.claim("alice"), kNoon);
  Restarted next(all(ledger), -std::chrono::hours(24 * 365));
  const Enrolled after(next.ledger, plans());
  const Attempt refused = reserve(next.ledger, {after.claim("alice")}, next.now);
  ASSERT_FALSE(refused.admitted());
  EXPECT_EQ(refused.refusal->retry_after, 24h);
  EXPECT_EQ(refused.standings[1].more_after, 1h);
}

// A quota may come later than the journal: its rate is not known yet, so that nothing drains, but it ages all the same.
TEST(LedgerRestore, KeepsForAMonthWhatNobodyHasEnrolled) {
  Ledger ledger;
  const Enrolled before(ledger, plans());
  spend(ledger, before.claim("alice"), kNoon, units(2));
  const auto images = all(ledger);
  Restarted next(images);
  std::vector<AccountImage> later;
  std::size_t cursor = 0;
  EXPECT_FALSE(next.ledger.images(cursor, 3, next.now + 5h, kWallNoon + 5h, later));
  ASSERT_EQ(later.size(), 1u);
  ASSERT_EQ(later[0].buckets.size(), 3u);
  EXPECT_EQ(later[0].buckets[1], images[0].buckets[1]);
  cursor = 0;
  later.clear();
  EXPECT_FALSE(next.ledger.images(cursor, 3, next.now + 24h * 32, kWallNoon + 24h * 32, later));
  EXPECT_TRUE(later.empty());
}

TEST(LedgerRestore, PutsTheLastImageInPlaceOfTheOnesBefore) {
  Ledger ledger;
  const Enrolled before(ledger, plans());
  spend(ledger, before.claim("alice"), kNoon);
  std::vector<AccountImage> images = all(ledger);
  spend(ledger, before.claim("alice"), kNoon);
  images.push_back(all(ledger).front());
  Restarted twice(images);
  const Enrolled after(twice.ledger, plans());
  EXPECT_EQ(reserve(twice.ledger, {after.claim("alice")}, twice.now).standings[0].remaining, units(7));
  images.push_back({quota_identity(plans()), "alice", {}});
  EXPECT_EQ(Restarted(images).ledger.accounts(), 0u);
}

TEST(LedgerRestore, DropsWhatItCannotRead) {
  const std::string good = limit_identity(plans(), plans().tiers[0], plans().tiers[0].limits[0]);
  const std::string flow = limit_identity(plans(), plans().tiers[0], plans().tiers[0].limits[1]);
  const WallTime far = WallTime::max();
  std::vector<AccountImage> images;
  for (const std::string limit : {"", "x", "6:budge", "1:a", "6:budget!"}) {
    images.push_back({"q", "o", {{limit, units(1), kWallNoon, {{kWallNoon, units(1)}}}}});
  }
  images.push_back({"q", "negative", {{good, 0, kWallNoon, {{kWallNoon, -5}}}, {flow, -5, kWallNoon, {}}}});
  images.push_back({"q", "long ago", {{good, 0, {}, {{WallTime::min(), 5}}}, {flow, 5, WallTime::min(), {}}}});
  EXPECT_EQ(Restarted(images).ledger.accounts(), 0u);
  Restarted extreme({{"q", "to come", {{good, 0, far, {{far, kMostAmount}, {far, 1}}}, {flow, kMostAmount, far, {}}}}});
  EXPECT_EQ(extreme.ledger.accounts(), 1u);
}

TEST(LedgerRestore, MakesNoMoreAccountsThanThereIsRoomFor) {
  Ledger ledger(5);
  const std::string limit = limit_identity(plans(), plans().tiers[0], plans().tiers[0].limits[0]);
  for (int i = 0; i < 9; ++i) {
    const AccountImage image{"q", std::to_string(i), {{limit, 0, kWallNoon, {{kWallNoon, 5}}}}};
    ledger.restore(image, kNoon, kWallNoon);
  }
  EXPECT_EQ(ledger.accounts(), 5u);
}

}  // namespace
}  // namespace mlgateway::limits
