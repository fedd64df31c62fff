// Many workers, one ledger.
#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "tests/sidecar/limits/quotas.hpp"

namespace mlgateway::limits {
namespace {

using config::LimitUnit;

constexpr int kThreads = 4;

template <class Work>
void in_parallel(Work work) {
  std::vector<std::jthread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back([&work, i] { work(i); });
}

TEST(LedgerThreads, AdmitExactlyTheBudgetInRequests) {
  Ledger ledger;
  const Enrolled daily(ledger, quota("plans", {budget("daily", units(1000), 24h)}));
  std::atomic<int> admitted = 0;
  in_parallel([&](int) { admitted += spend_all(ledger, daily.claim("alice"), kNoon); });
  EXPECT_EQ(admitted, 1000);
}

TEST(LedgerThreads, AdmitExactlyTheBudgetInCostOfSeveralQuotas) {
  Ledger ledger;
  const Enrolled credits(ledger, quota("plans", {budget("credits", units(1000), 24h, LimitUnit::Cost)}));
  const Enrolled house(ledger, quota("house", {budget("daily", units(777), 24h)}));
  std::atomic<int> admitted = 0;
  in_parallel([&](int thread) {
    const std::string owner = "owner " + std::to_string(thread % 2);
    while (reserve(ledger, {credits.claim(owner), house.claim("everybody")}, kNoon, units(2)).admitted()) ++admitted;
  });
  EXPECT_EQ(admitted, 777);
  EXPECT_EQ(ledger.use(credits.id(), kNoon).granted, units(777 * 2));
}

TEST(LedgerThreads, AdmitExactlyTheBudgetWhileLimitsAreEdited) {
  Ledger ledger;
  const Enrolled daily(ledger,
                       quota("plans", {budget("daily", units(1000), 24h), rate("burst", units(1), 1h, units(5000))}));
  std::atomic<int> admitted = 0;
  std::atomic<bool> done = false;
  std::jthread editor([&] {
    for (int i = 1; !done; ++i) {
      // The budget as it is, the window and what stands beside it as they were not.
      const Enrolled edited(ledger, quota("plans", {budget("daily", units(1000), (24 + i % 3) * 1h),
                                                    rate("burst", units(1 + i % 7), 1h, units(5000 + i % 5))}));
      (void)spend_all(ledger, edited.claim("bob"), kNoon, 1);
    }
  });
  in_parallel([&](int) { admitted += spend_all(ledger, daily.claim("alice"), kNoon); });
  done = true;
  EXPECT_EQ(admitted, 1000);
}

TEST(LedgerThreads, LeaveNothingReservedHoweverTheirRequestsEnd) {
  Ledger ledger;
  const Enrolled plans(
      ledger, quota("plans", {budget("daily", units(50), 1min), budget("credits", units(99), 1min, LimitUnit::Cost)}));
  std::atomic<Amount> paid = 0;
  in_parallel([&](int thread) {
    for (int i = 0; i < 5000; ++i) {
      Attempt attempt = reserve(ledger, {plans.claim(i % 2 == 0 ? "alice" : "bob")}, kNoon + i * 20ms, units(2));
      if (!attempt.admitted()) continue;
      Reservation elsewhere = std::move(attempt.reservation);
      switch ((i + thread) % 4) {
        case 0: elsewhere.give_back(); break;
        case 1: elsewhere.settle(units(1)); break;
        case 2: (void)elsewhere.raise(units(1), kNoon + i * 20ms); break;
        default: elsewhere.settle();
      }
      if ((i + thread) % 4 != 0) paid += (i + thread) % 4 == 1 ? units(1) : elsewhere.charge().cost;
    }
  });
  EXPECT_EQ(ledger.counts(plans.id(0), kNoon).reserved, 0);
  EXPECT_EQ(ledger.counts(plans.id(1), kNoon).reserved, 0);
  EXPECT_EQ(ledger.counts(plans.id(1), kNoon).granted, paid);
}

// What the admin thread and the journal do, while requests come and accounts go.
TEST(LedgerThreads, CanBeLookedAtAllTheTime) {
  Ledger ledger(500);
  const Enrolled plans(ledger, quota("plans", {budget("daily", units(3), 1s)}));
  std::atomic<bool> done = false;
  std::vector<AccountImage> changed;
  std::jthread reader([&] {
    std::vector<AccountImage> all;
    while (!done) {
      (void)ledger.use(plans.id(), kNoon);
      (void)ledger.top(plans.id(), 3, kNoon);
      (void)ledger.take_changed(50, kNoon, kWallNoon, changed);
      all.clear();
      for (std::size_t cursor = 0; ledger.images(cursor, 50, kNoon, kWallNoon, all);) continue;
    }
  });
  std::atomic<int> admitted = 0;
  in_parallel([&](int thread) {
    for (int i = 0; i < 3000; ++i) {
      const std::string owner = std::to_string(thread) + "/" + std::to_string(i % 300);
      if (spend(ledger, plans.claim(owner), kNoon + i * 10ms)) ++admitted;
    }
  });
  done = true;
  EXPECT_GT(admitted, 0);
  EXPECT_EQ(ledger.counts(plans.id(), kNoon).reserved, 0);
}

}  // namespace
}  // namespace mlgateway::limits
