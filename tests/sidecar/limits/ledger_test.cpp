#include "sidecar/limits/ledger.hpp"

#include <gtest/gtest.h>

#include "tests/sidecar/limits/quotas.hpp"

namespace mlgateway::limits {
namespace {

using config::Enforcement;
using config::LimitUnit;

TEST(Ledger, RefusesTheFirstRequestAfterTheBudgetIsSpent) {
  Ledger ledger;
  const Enrolled daily(ledger, quota("plans", {budget("daily", units(10), 24h)}));
  EXPECT_EQ(spend_all(ledger, daily.claim("alice"), kNoon), 10);
  const Attempt refused = reserve(ledger, {daily.claim("alice")}, kNoon + 1h);
  ASSERT_FALSE(refused.admitted());
  EXPECT_EQ(refused.refusal->reason, Reason::BudgetSpent);
  EXPECT_EQ(refused.refusal->limit, &daily.limit());
}

TEST(Ledger, AdmitsAtRetryAfterAndNotANanosecondBefore) {
  Ledger ledger;
  const Enrolled plans(ledger, quota("plans", {budget("daily", units(2), 24h), rate("burst", units(3), 7s, units(1))}));
  Instant now = kNoon + 5min;
  for (int i = 0; i < 6; ++i) {
    ASSERT_TRUE(spend(ledger, plans.claim("alice"), now));
    const Attempt refused = reserve(ledger, {plans.claim("alice")}, now);
    ASSERT_FALSE(refused.admitted());
    now += refused.refusal->retry_after;
    EXPECT_FALSE(spend(ledger, plans.claim("alice"), now - 1ns));
  }
}

TEST(Ledger, KeepsOneOwnersUseFromAnothers) {
  Ledger ledger;
  const Enrolled daily(ledger, quota("plans", {budget("daily", units(1), 24h)}));
  EXPECT_TRUE(spend(ledger, daily.claim("alice"), kNoon));
  EXPECT_TRUE(spend(ledger, daily.claim("bob"), kNoon));
  EXPECT_FALSE(spend(ledger, daily.claim("alice"), kNoon));
}

TEST(Ledger, ReservesAllLimitsOrNone) {
  Ledger ledger;
  const Enrolled wide(ledger, quota("wide", {budget("daily", units(100), 24h)}));
  const Enrolled narrow(ledger, quota("narrow", {rate("burst", units(1), 1s, units(1))}));
  const std::vector<Claim> both = {wide.claim("alice"), narrow.claim("alice")};
  EXPECT_TRUE(reserve(ledger, both, kNoon).admitted());
  const Attempt refused = reserve(ledger, both, kNoon);
  ASSERT_FALSE(refused.admitted());
  EXPECT_EQ(refused.standings[0].remaining, units(99));
  EXPECT_EQ(ledger.use(wide.id(), kNoon).granted, units(1));
}

TEST(Ledger, NamesTheLimitThatStandsInTheWayForLongest) {
  Ledger ledger;
  const Enrolled plans(ledger, quota("plans", {rate("burst", units(1), 1s, units(1)), budget("daily", units(1), 24h)}));
  EXPECT_TRUE(spend(ledger, plans.claim("alice"), kNoon));
  const Attempt refused = reserve(ledger, {plans.claim("alice")}, kNoon);
  ASSERT_FALSE(refused.admitted());
  EXPECT_EQ(refused.refusal->limit, &plans.limit(1));
  EXPECT_EQ(refused.refusal->retry_after, 24h + 24min);
  const Attempt much_later = reserve(ledger, {plans.claim("alice")}, kNoon + 24h + 24min - 500ms);
  EXPECT_EQ(much_later.refusal->retry_after, 500ms);
}

TEST(Ledger, SaysThatNoWaitHelpsWhenTheChargeNeverFits) {
  Ledger ledger;
  const Enrolled plans(
      ledger, quota("plans", {budget("daily", units(1), 24h), budget("credits", units(5), 1h, LimitUnit::Cost)}));
  EXPECT_TRUE(spend(ledger, plans.claim("alice"), kNoon));
  const Attempt refused = reserve(ledger, {plans.claim("alice")}, kNoon, units(5) + 1);
  ASSERT_FALSE(refused.admitted());
  EXPECT_EQ(refused.refusal->reason, Reason::CostTooHigh);
  EXPECT_EQ(refused.refusal->limit, &plans.limit(1));
  EXPECT_EQ(refused.refusal->retry_after, 0ns);
}

}  // namespace
}  // namespace mlgateway::limits
