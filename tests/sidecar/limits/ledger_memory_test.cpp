// However many callers come, the ledger stays bounded, and nobody who is limited gets away by being forgotten.
#include <gtest/gtest.h>

#include "tests/sidecar/limits/quotas.hpp"

namespace mlgateway::limits {
namespace {

std::string owner(int number) { return "p4:keys10:iris-users7:user" + std::to_string(number); }

TEST(LedgerMemory, KeepsAMillionOwnersThatAreLimitedAndRefusesTheNext) {
  Ledger ledger(1'000'000);
  const Enrolled daily(ledger, quota("plans", {budget("daily", units(1), 24h)}));
  int admitted = 0;
  for (int i = 0; i < 1'000'000; ++i) admitted += spend(ledger, daily.claim(owner(i)), kNoon);
  EXPECT_EQ(admitted, 1'000'000);
  const Attempt refused = reserve(ledger, {daily.claim("one more")}, kNoon + 23h);
  ASSERT_FALSE(refused.admitted());
  EXPECT_EQ(refused.refusal->reason, Reason::TooManyAccounts);
  EXPECT_EQ(refused.refusal->tier, nullptr);
  EXPECT_GE(refused.refusal->retry_after, 1s);
  EXPECT_EQ(refused.standings.size(), 1u);
  admitted = 0;
  for (int i = 0; i < 1'000'000; i += 97) admitted += spend(ledger, daily.claim(owner(i)), kNoon + 24h);
  EXPECT_EQ(admitted, 0);
  EXPECT_TRUE(spend(ledger, daily.claim("one more"), kNoon + 24h + 24min));
}

TEST(LedgerMemory, StaysSmallWhileOwnersComeAndGo) {
  Ledger ledger(100'000);
  const Enrolled burst(ledger, quota("plans", {rate("burst", units(1), 1s, units(5))}));
  std::size_t most = 0;
  for (int i = 0; i < 200'000; ++i) {
    ASSERT_TRUE(spend(ledger, burst.claim(owner(i)), kNoon + i * 100us));
    if (i % 1000 == 0) most = std::max(most, ledger.accounts());
  }
  // Ten thousand a second, each idle again after a second.
  EXPECT_LE(most, 20'100u);
}

TEST(LedgerMemory, MakesRoomOutOfTheIdleBeforeItRefuses) {
  Ledger ledger(10);
  const Enrolled hourly(ledger, quota("plans", {budget("hourly", units(1), 1h)}));
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(spend(ledger, hourly.claim(owner(i)), kNoon));
  EXPECT_FALSE(spend(ledger, hourly.claim("late"), kNoon + 1h));
  EXPECT_TRUE(spend(ledger, hourly.claim("late"), kNoon + 1h + 1min));
}

TEST(LedgerMemory, ForgetsAtOnceWhoGotEverythingBack) {
  Ledger ledger(1);
  const Enrolled daily(ledger, quota("plans", {budget("daily", units(1), 24h)}));
  Attempt failed = reserve(ledger, {daily.claim("alice")}, kNoon);
  EXPECT_FALSE(spend(ledger, daily.claim("bob"), kNoon));
  failed.reservation.give_back();
  EXPECT_TRUE(spend(ledger, daily.claim("bob"), kNoon));
}

// More are idle than one operation forgets beforehand, and the request's own account is among them.
TEST(LedgerMemory, NeverForgetsAnAccountToMakeRoomForTheSameRequest) {
  Ledger ledger(6);
  const Enrolled daily(ledger, quota("plans", {budget("daily", units(1), 1s)}));
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(spend(ledger, daily.claim(owner(i)), kNoon));
  EXPECT_TRUE(spend(ledger, daily.claim("alice"), kNoon + 1s));
  std::vector<std::unique_ptr<Enrolled>> houses;
  std::vector<Claim> claims = {daily.claim("alice")};
  for (int i = 0; i < 6; ++i) {
    houses.push_back(std::make_unique<Enrolled>(ledger, quota(std::to_string(i), {budget("daily", units(9), 1s)})));
    claims.push_back(houses.back()->claim("everybody"));
  }
  EXPECT_FALSE(reserve(ledger, claims, kNoon + 1h).admitted());
  EXPECT_EQ(ledger.accounts(), 1u);
  claims.pop_back();
  EXPECT_TRUE(reserve(ledger, claims, kNoon + 1h).admitted());
}

TEST(LedgerMemory, MakesAllAccountsOfARequestOrNone) {
  Ledger ledger(3);
  const Enrolled one(ledger, quota("one", {budget("daily", units(9), 24h)}));
  const Enrolled two(ledger, quota("two", {budget("daily", units(9), 24h)}));
  EXPECT_TRUE(reserve(ledger, {one.claim("alice"), two.claim("alice")}, kNoon).admitted());
  EXPECT_FALSE(reserve(ledger, {one.claim("bob"), two.claim("bob")}, kNoon).admitted());
  EXPECT_EQ(ledger.accounts(), 2u);
  EXPECT_TRUE(spend(ledger, one.claim("bob"), kNoon));
  EXPECT_FALSE(spend(ledger, one.claim("carol"), kNoon));
}

TEST(LedgerMemory, GoesWithoutAnAccountForADryRun) {
  Ledger ledger(1);
  const Enrolled trial(ledger, quota("trial", {budget("daily", units(1), 24h)}, config::Enforcement::DryRun));
  const Enrolled real(ledger, quota("real", {budget("daily", units(3), 24h)}));
  Attempt first = reserve(ledger, {trial.claim("alice"), real.claim("alice")}, kNoon);
  EXPECT_TRUE(first.admitted());
  EXPECT_FALSE(first.reservation.raise(units(1), kNoon));
  first.reservation.give_back();
  EXPECT_EQ(ledger.counts(trial.id(), kNoon).granted, 0);
  EXPECT_EQ(spend_all(ledger, real.claim("alice"), kNoon), 3);
}

TEST(LedgerMemory, MakesAnAccountForADryRunWhereThereIsRoom) {
  Ledger ledger(2);
  const Enrolled real(ledger, quota("real", {budget("daily", units(3), 24h)}));
  const Enrolled trial(ledger, quota("trial", {budget("daily", units(1), 24h)}, config::Enforcement::DryRun));
  EXPECT_TRUE(reserve(ledger, {real.claim("alice"), trial.claim("alice")}, kNoon).admitted());
  EXPECT_EQ(ledger.counts(trial.id(), kNoon).granted, units(1));
}

// The enforced quota comes second, and the last place is its.
TEST(LedgerMemory, LeavesTheLastPlaceToWhatIsEnforced) {
  Ledger ledger(1);
  const Enrolled trial(ledger, quota("trial", {budget("daily", units(1), 24h)}, config::Enforcement::DryRun));
  const Enrolled real(ledger, quota("real", {budget("daily", units(3), 24h)}));
  EXPECT_TRUE(reserve(ledger, {trial.claim("alice"), real.claim("alice")}, kNoon).admitted());
  EXPECT_EQ(ledger.counts(real.id(), kNoon).granted, units(1));
}

}  // namespace
}  // namespace mlgateway::limits
