#include "sidecar/limits/ledger.hpp"

#include <gtest/gtest.h>

#include "sidecar/limits/wide.hpp"
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

TEST(Ledger, AdmitsARequestThatCostsNothingOverAFullLimit) {
  Ledger ledger;
  const Enrolled credits(ledger, quota("plans", {budget("credits", units(5), 24h, LimitUnit::Cost)}));
  EXPECT_TRUE(spend(ledger, credits.claim("alice"), kNoon, units(5)));
  EXPECT_FALSE(spend(ledger, credits.claim("alice"), kNoon, 1));
  EXPECT_TRUE(spend(ledger, credits.claim("alice"), kNoon, 0));
}

TEST(Ledger, TakesATimeBeforeTheLatestAsTheLatest) {
  Ledger ledger;
  const Enrolled burst(ledger, quota("plans", {rate("burst", units(1), 1s, units(1))}));
  EXPECT_TRUE(spend(ledger, burst.claim("alice"), kNoon));
  EXPECT_FALSE(spend(ledger, burst.claim("alice"), kNoon - 24h));
  EXPECT_TRUE(spend(ledger, burst.claim("alice"), kNoon + 1s));
}

TEST(Ledger, TellsStandingsInTheOrderOfClaimsAndLimits) {
  Ledger ledger;
  const Enrolled plans(ledger,
                       quota("plans", {rate("burst", units(2), 1s, units(10)), budget("daily", units(7), 24h)}));
  const Enrolled other(ledger, quota("other", {budget("credits", units(9), 1h, LimitUnit::Cost)}));
  const Attempt made = reserve(ledger, {plans.claim("alice"), other.claim("botany")}, kNoon, units(2));
  ASSERT_EQ(made.standings.size(), 3u);
  EXPECT_EQ(made.standings[0].limit->name, "burst");
  EXPECT_EQ(made.standings[0].holds, units(10));
  EXPECT_EQ(made.standings[0].remaining, units(9));
  EXPECT_EQ(made.standings[0].more_after, 500ms);
  EXPECT_EQ(made.standings[0].full_after, 500ms);
  EXPECT_EQ(made.standings[1].remaining, units(6));
  EXPECT_EQ(made.standings[1].more_after, 24h + 24min);
  EXPECT_EQ(made.standings[2].remaining, units(7));
}

TEST(Ledger, TellsNoTimeLaterThanRetryAfter) {
  Ledger ledger;
  const Enrolled plans(ledger, quota("plans", {rate("burst", units(1), 1s, units(1)), budget("daily", units(7), 24h)}));
  EXPECT_TRUE(spend(ledger, plans.claim("alice"), kNoon));
  const Attempt refused = reserve(ledger, {plans.claim("alice")}, kNoon + 200ms);
  EXPECT_EQ(refused.refusal->retry_after, 800ms);
  EXPECT_EQ(refused.standings[0].more_after, 800ms);
  EXPECT_EQ(refused.standings[1].more_after, 0ns);
  EXPECT_EQ(refused.standings[1].remaining, units(6));
}

TEST(Ledger, FillsStandingsForOwnersItHasNeverSeen) {
  Ledger ledger;
  const Enrolled plans(ledger, quota("plans", {budget("credits", units(1), 24h, LimitUnit::Cost)}));
  const Attempt refused = reserve(ledger, {plans.claim("alice")}, kNoon, units(2));
  EXPECT_EQ(refused.standings[0].remaining, units(1));
  EXPECT_EQ(ledger.accounts(), 0u);
}

TEST(Ledger, RefusesNobodyForADryRun) {
  Ledger ledger;
  const Enrolled trial(ledger, quota("trial", {budget("daily", units(2), 24h)}, Enforcement::DryRun));
  EXPECT_EQ(spend_all(ledger, trial.claim("alice"), kNoon, 5), 5);
  const auto use = ledger.use(trial.id(), kNoon);
  EXPECT_EQ(use.refused, 3u);
  EXPECT_EQ(use.fullest_used, units(5));
  EXPECT_EQ(reserve(ledger, {trial.claim("alice")}, kNoon).standings[0].remaining, 0);
}

TEST(Ledger, ChargesADryRunOnlyWhenTheRequestIsAdmitted) {
  Ledger ledger;
  const Enrolled trial(ledger, quota("trial", {budget("daily", units(9), 24h)}, Enforcement::DryRun));
  const Enrolled real(ledger, quota("real", {budget("daily", units(1), 24h)}));
  for (int i = 0; i < 5; ++i) reserve(ledger, {trial.claim("alice"), real.claim("alice")}, kNoon);
  EXPECT_EQ(ledger.use(trial.id(), kNoon).granted, units(1));
}

TEST(Ledger, SurvivesADryRunFarBeyondAllArithmetic) {
  Ledger ledger;
  const Enrolled trial(
      ledger,
      quota("trial", {budget("credits", units(2), 24h, LimitUnit::Cost), rate("flow", 1, 24h, 1, LimitUnit::Cost)},
            Enforcement::DryRun));
  std::vector<Attempt> open;
  for (int i = 0; i < 2000; ++i) {
    open.push_back(reserve(ledger, {trial.claim("alice")}, kNoon, config::kMostMillionths + 1));
  }
  EXPECT_EQ(ledger.use(trial.id(0), kNoon).fullest_used, kMostAmount);
  for (Attempt& attempt : open) attempt.reservation.give_back();
  EXPECT_EQ(ledger.counts(trial.id(0), kNoon).reserved, 0);
  EXPECT_GE(ledger.use(trial.id(0), kNoon).fullest_used, 0);
}

TEST(Ledger, CountsRefusalsForTheLimitThatRefused) {
  Ledger ledger;
  const Enrolled plans(ledger, quota("plans", {rate("burst", units(1), 1s, units(1)), budget("daily", units(9), 24h)}));
  for (int i = 0; i < 5; ++i) spend(ledger, plans.claim("alice"), kNoon);
  EXPECT_EQ(ledger.counts(plans.id(0), kNoon).refused, 4u);
  EXPECT_EQ(ledger.counts(plans.id(0), kNoon + 30min).refused_last_hour, 4u);
  EXPECT_EQ(ledger.counts(plans.id(0), kNoon + 61min).refused_last_hour, 0u);
  EXPECT_EQ(ledger.counts(plans.id(0), kNoon + 61min).refused, 4u);
  EXPECT_EQ(ledger.counts(plans.id(1), kNoon).refused, 0u);
}

TEST(Ledger, KnowsItsFullestOwners) {
  Ledger ledger;
  const Enrolled daily(ledger, quota("plans", {budget("daily", units(500), 24h)}));
  for (int i = 1; i <= 300; ++i) {
    for (int k = 0; k < i % 7 + (i == 250 ? 10 : 0); ++k)
      spend(ledger, daily.claim("owner " + std::to_string(i)), kNoon);
  }
  EXPECT_EQ(ledger.use(daily.id(), kNoon).fullest_owner, "owner 250");
  EXPECT_EQ(ledger.use(daily.id(), kNoon).fullest_used, units(15));
  const auto top = ledger.top(daily.id(), 5, kNoon);
  ASSERT_EQ(top.size(), 5u);
  EXPECT_EQ(top[0].owner, "owner 250");
  for (std::size_t i = 1; i < 5; ++i) EXPECT_EQ(top[i].used, units(6));
  EXPECT_TRUE(ledger.top(daily.id(), 0, kNoon).empty());
  EXPECT_TRUE(ledger.top(daily.id(), 5, kNoon + 25h).empty());
}

TEST(Ledger, OfNobodyHasNoFullestOwner) {
  Ledger ledger;
  const Enrolled daily(ledger, quota("plans", {budget("daily", units(5), 24h)}));
  EXPECT_EQ(ledger.use(daily.id(), kNoon).fullest_owner, "");
  EXPECT_EQ(ledger.use(daily.id(), kNoon).fullest_used, 0);
}

TEST(Ledger, DoesNothingForARequestWithoutClaims) {
  Ledger ledger;
  const Attempt made = reserve(ledger, {}, kNoon);
  EXPECT_TRUE(made.admitted());
  EXPECT_TRUE(made.standings.empty());
}

}  // namespace
}  // namespace mlgateway::limits
