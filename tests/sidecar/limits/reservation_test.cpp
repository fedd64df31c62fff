#include <gtest/gtest.h>

#include "tests/sidecar/limits/quotas.hpp"

namespace mlgateway::limits {
namespace {

using config::Enforcement;
using config::LimitUnit;

// One limit of each sort.
config::Quota every_sort() {
  return quota("plans",
               {budget("daily", units(100), 24h), budget("credits", units(100), 24h, LimitUnit::Cost),
                rate("burst", units(1), 24h, units(100)), rate("flow", units(1), 24h, units(100), LimitUnit::Cost)});
}

// What an owner has used of each of a quota's limits.
std::vector<Amount> used(const Ledger& ledger, const Enrolled& quota) {
  std::vector<Amount> amounts;
  for (std::size_t i = 0; i < 4; ++i) amounts.push_back(ledger.use(quota.id(i), kNoon).fullest_used);
  return amounts;
}

std::vector<Amount> whole(std::vector<std::int64_t> numbers) {
  std::vector<Amount> amounts;
  for (const std::int64_t number : numbers) amounts.push_back(units(number));
  return amounts;
}

class ReservationTest : public testing::Test {
 protected:
  Attempt reserve_ten() { return reserve(ledger_, {plans_.claim("alice")}, kNoon, units(10)); }

  Ledger ledger_;
  Enrolled plans_{ledger_, every_sort()};
};

TEST_F(ReservationTest, ChargesEveryLimitInItsUnitAtOnce) {
  const Attempt open = reserve_ten();
  EXPECT_EQ(used(ledger_, plans_), whole({1, 10, 1, 10}));
  EXPECT_EQ(ledger_.counts(plans_.id(1), kNoon).reserved, units(10));
}

TEST_F(ReservationTest, GivesBudgetsTheDifferenceWhenItSettlesForLess) {
  Attempt open = reserve_ten();
  open.reservation.settle(units(4));
  EXPECT_EQ(used(ledger_, plans_), whole({1, 4, 1, 10}));
  EXPECT_EQ(ledger_.counts(plans_.id(1), kNoon).granted, units(4));
  EXPECT_EQ(ledger_.counts(plans_.id(1), kNoon).reserved, 0);
}

TEST_F(ReservationTest, PaysNoMoreThanWasReserved) {
  reserve_ten().reservation.settle(units(50));
  EXPECT_EQ(used(ledger_, plans_), whole({1, 10, 1, 10}));
}

TEST_F(ReservationTest, CannotSettleForLessThanNothing) {
  reserve_ten().reservation.settle(-units(5));
  EXPECT_EQ(used(ledger_, plans_), whole({1, 0, 1, 10}));
}

TEST_F(ReservationTest, GivesBackRequestsAndCostButNoRate) {
  reserve_ten().reservation.give_back();
  EXPECT_EQ(used(ledger_, plans_), whole({0, 0, 1, 10}));
}

TEST_F(ReservationTest, PaysInFullWhenItDiesUndecided) {
  {
    const Attempt open = reserve_ten();
  }
  EXPECT_EQ(used(ledger_, plans_), whole({1, 10, 1, 10}));
  EXPECT_EQ(ledger_.counts(plans_.id(1), kNoon).reserved, 0);
}

TEST_F(ReservationTest, SettlesOnce) {
  Attempt open = reserve_ten();
  open.reservation.settle(units(4));
  EXPECT_FALSE(open.reservation.open());
  open.reservation.give_back();
  open.reservation.settle(0);
  EXPECT_EQ(used(ledger_, plans_), whole({1, 4, 1, 10}));
}

TEST_F(ReservationTest, IsStillOneAfterItMoved) {
  Attempt first = reserve_ten();
  Reservation moved(std::move(first.reservation));
  EXPECT_FALSE(first.reservation.open());
  moved.give_back();
  EXPECT_EQ(used(ledger_, plans_), whole({0, 0, 1, 10}));
}

TEST_F(ReservationTest, PaysForWhatItHeldBeforeAnotherMovesIn) {
  Attempt first = reserve_ten();
  Attempt second = reserve_ten();
  first.reservation = std::move(second.reservation);
  first.reservation.give_back();
  EXPECT_EQ(used(ledger_, plans_), whole({1, 10, 2, 20}));
}

TEST_F(ReservationTest, PaysForWhatItHeldBeforeItReservesAgain) {
  Attempt open = reserve_ten();
  const Claim claim = plans_.claim("alice");
  EXPECT_FALSE(ledger_.reserve({&claim, 1}, {.cost = units(1)}, kNoon, open.reservation, open.standings));
  open.reservation.give_back();
  EXPECT_EQ(used(ledger_, plans_), whole({1, 10, 2, 11}));
}

TEST_F(ReservationTest, RaisesCostOnly) {
  Attempt open = reserve_ten();
  EXPECT_FALSE(open.reservation.raise(units(5), kNoon));
  EXPECT_EQ(open.reservation.charge().cost, units(15));
  EXPECT_EQ(used(ledger_, plans_), whole({1, 15, 1, 15}));
  open.reservation.settle(units(12));
  EXPECT_EQ(used(ledger_, plans_), whole({1, 12, 1, 15}));
}

TEST_F(ReservationTest, ChangesNothingWhenARaiseIsRefused) {
  Attempt open = reserve_ten();
  const auto refusal = open.reservation.raise(units(91), kNoon);
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->limit->name, "credits");
  EXPECT_EQ(open.reservation.charge().cost, units(10));
  EXPECT_EQ(used(ledger_, plans_), whole({1, 10, 1, 10}));
  open.reservation.give_back();
  EXPECT_EQ(used(ledger_, plans_), whole({0, 0, 1, 10}));
}

TEST_F(ReservationTest, GivesBackAllRaisesIntoTheirOwnSubWindows) {
  Attempt open = reserve_ten();
  EXPECT_FALSE(open.reservation.raise(units(5), kNoon + 2h));
  open.reservation.settle(units(3));
  // 3 of the first charge are left: they expire with it.
  EXPECT_EQ(ledger_.use(plans_.id(1), kNoon + 2h).fullest_used, units(3));
  EXPECT_EQ(ledger_.use(plans_.id(1), kNoon + 25h).fullest_used, 0);
}

TEST_F(ReservationTest, OutlivesItsQuota) {
  Attempt open;
  {
    const Enrolled gone(ledger_, quota("gone", {budget("credits", units(9), 24h, LimitUnit::Cost)}));
    open = reserve(ledger_, {gone.claim("alice")}, kNoon, units(9));
  }
  open.reservation.give_back();
  const Enrolled back(ledger_, quota("gone", {budget("credits", units(9), 24h, LimitUnit::Cost)}));
  EXPECT_TRUE(spend(ledger_, back.claim("alice"), kNoon, units(9)));
}

TEST(Reservation, ThatWasNeverMadeDoesNothing) {
  Reservation none;
  EXPECT_FALSE(none.open());
  none.settle();
  none.give_back();
  EXPECT_FALSE(none.raise(units(1), kNoon));
}

TEST(Reservation, PinsItsAccountHoweverLongItTakes) {
  Ledger ledger;
  const Enrolled plans(ledger, quota("plans", {budget("daily", units(5), 1s)}));
  Attempt open = reserve(ledger, {plans.claim("alice")}, kNoon);
  for (int i = 0; i < 100; ++i) spend(ledger, plans.claim("bob"), kNoon + i * 1h);
  EXPECT_EQ(ledger.accounts(), 2u);
  open.reservation.give_back();
  for (int i = 0; i < 10; ++i) spend(ledger, plans.claim("bob"), kNoon + 101h);
  EXPECT_EQ(ledger.accounts(), 1u);
}

}  // namespace
}  // namespace mlgateway::limits
