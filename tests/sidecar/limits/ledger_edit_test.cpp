// A ledger outlives every configuration.
#include <gtest/gtest.h>

#include "tests/sidecar/limits/quotas.hpp"

namespace mlgateway::limits {
namespace {

using config::LimitUnit;

TEST(LedgerEdit, KeepsWhatWasUsedWhenABudgetGrowsOrShrinks) {
  Ledger ledger;
  const Enrolled small(ledger, quota("plans", {budget("daily", units(3), 24h)}));
  EXPECT_EQ(spend_all(ledger, small.claim("alice"), kNoon), 3);
  const Enrolled large(ledger, quota("plans", {budget("daily", units(5), 24h)}));
  EXPECT_EQ(spend_all(ledger, large.claim("alice"), kNoon), 2);
  const Enrolled tiny(ledger, quota("plans", {budget("daily", units(4), 24h)}));
  const Attempt refused = reserve(ledger, {tiny.claim("alice")}, kNoon + 1h);
  EXPECT_FALSE(refused.admitted());
  EXPECT_EQ(refused.standings[0].remaining, 0);
}

TEST(LedgerEdit, JudgesRequestsThatBeganBeforeByTheNewLimit) {
  Ledger ledger;
  const Enrolled old(ledger, quota("plans", {budget("daily", units(3), 24h)}));
  const Enrolled edited(ledger, quota("plans", {budget("daily", units(1), 24h)}));
  EXPECT_EQ(spend_all(ledger, old.claim("alice"), kNoon), 1);
  EXPECT_EQ(old.id(), edited.id());
}

TEST(LedgerEdit, FreesByTheNewWindowWhatIsStillHeld) {
  Ledger ledger;
  const Enrolled daily(ledger, quota("plans", {budget("b", units(1), 24h)}));
  EXPECT_TRUE(spend(ledger, daily.claim("alice"), kNoon));
  const Enrolled hourly(ledger, quota("plans", {budget("b", units(1), 1h)}));
  EXPECT_FALSE(spend(ledger, hourly.claim("alice"), kNoon + 1h));
  EXPECT_TRUE(spend(ledger, hourly.claim("alice"), kNoon + 1h + 24min));
}

TEST(LedgerEdit, LeavesFreeWhatAShorterWindowHadFreed) {
  Ledger ledger;
  const Enrolled hourly(ledger, quota("plans", {budget("b", units(1), 1h)}));
  EXPECT_TRUE(spend(ledger, hourly.claim("alice"), kNoon));
  const Enrolled daily(ledger, quota("plans", {budget("b", units(1), 24h)}));
  EXPECT_TRUE(spend(ledger, daily.claim("alice"), kNoon + 2h));
  EXPECT_FALSE(spend(ledger, daily.claim("alice"), kNoon + 3h));
}

TEST(LedgerEdit, CountsDrainedWhatTheOldRateHadDrained) {
  Ledger ledger;
  const Enrolled fast(ledger, quota("plans", {rate("burst", units(10), 1s, units(10)), budget("b", units(99), 24h)}));
  EXPECT_EQ(spend_all(ledger, fast.claim("alice"), kNoon), 10);
  EXPECT_TRUE(spend(ledger, fast.claim("bob"), kNoon + 1h));
  const Enrolled slow(ledger, quota("plans", {rate("burst", units(1), 24h, units(10)), budget("b", units(99), 24h)}));
  EXPECT_EQ(spend_all(ledger, slow.claim("alice"), kNoon + 1h), 10);
}

TEST(LedgerEdit, KeepsTheDebtWhenARateIsEdited) {
  Ledger ledger;
  const Enrolled slow(ledger, quota("plans", {rate("burst", units(1), 24h, units(10))}));
  EXPECT_EQ(spend_all(ledger, slow.claim("alice"), kNoon), 10);
  const Enrolled fast(ledger, quota("plans", {rate("burst", units(1), 1s, units(10))}));
  EXPECT_FALSE(spend(ledger, fast.claim("alice"), kNoon));
  EXPECT_EQ(spend_all(ledger, fast.claim("alice"), kNoon + 4s), 4);
  const Enrolled wide(ledger, quota("plans", {rate("burst", units(1), 1s, units(12))}));
  EXPECT_EQ(spend_all(ledger, wide.claim("alice"), kNoon + 4s), 2);
}

TEST(LedgerEdit, RemembersALimitThatGoesAndComesBack) {
  Ledger ledger;
  {
    const Enrolled gone(ledger, quota("plans", {budget("daily", units(1), 24h)}));
    EXPECT_TRUE(spend(ledger, gone.claim("alice"), kNoon));
  }
  const Enrolled other(ledger, quota("other", {budget("daily", units(1), 24h)}));
  EXPECT_TRUE(spend(ledger, other.claim("alice"), kNoon));
  const Enrolled back(ledger, quota("plans", {budget("daily", units(1), 24h)}));
  EXPECT_FALSE(spend(ledger, back.claim("alice"), kNoon));
}

TEST(LedgerEdit, TakesAnotherUnitOrKindForAnotherLimit) {
  Ledger ledger;
  const Enrolled requests(ledger, quota("plans", {budget("b", units(1), 24h)}));
  EXPECT_TRUE(spend(ledger, requests.claim("alice"), kNoon));
  const Enrolled cost(ledger, quota("plans", {budget("b", units(1), 24h, LimitUnit::Cost)}));
  EXPECT_TRUE(spend(ledger, cost.claim("alice"), kNoon, units(1)));
  const Enrolled pace(ledger, quota("plans", {rate("b", units(1), 24h, units(1))}));
  EXPECT_TRUE(spend(ledger, pace.claim("alice"), kNoon));
}

TEST(LedgerEdit, DrainsByTheNewestRatesAfterManyEdits) {
  Ledger ledger;
  std::vector<std::unique_ptr<Enrolled>> all;
  for (int i = 1; i <= 100; ++i) {
    all.push_back(std::make_unique<Enrolled>(ledger, quota("plans", {rate("r", units(i), 1h, units(1000))})));
    EXPECT_TRUE(spend(ledger, all.back()->claim("alice"), kNoon));
  }
  EXPECT_EQ(reserve(ledger, {all.back()->claim("alice")}, kNoon + 1h).standings[0].remaining, units(999));
}

// Their time to go had been set by a window of a month.
TEST(LedgerEdit, ForgetsAccountsThatAShorterWindowEmpties) {
  Ledger ledger;
  const Enrolled monthly(ledger, quota("plans", {budget("b", units(1), 24h * 31)}));
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(spend(ledger, monthly.claim("owner " + std::to_string(i)), kNoon));
  for (int i = 0; i < 100; ++i) spend(ledger, monthly.claim("late"), kNoon + 5s);
  const Enrolled hourly(ledger, quota("plans", {budget("b", units(9), 1h)}));
  for (int i = 0; i < 200; ++i) spend(ledger, hourly.claim("late"), kNoon + 31h);
  EXPECT_EQ(ledger.accounts(), 1u);
}

}  // namespace
}  // namespace mlgateway::limits
