#include "sidecar/limits/idle_queue.hpp"

#include <map>
#include <memory>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "tests/sidecar/limits/quotas.hpp"

namespace mlgateway::limits {
namespace {

TEST(IdleQueue, HasTheEarliestFirst) {
  Account late, early, middle;
  IdleQueue queue;
  queue.add(late, kNoon + 3s);
  queue.add(early, kNoon + 1s);
  queue.add(middle, kNoon + 2s);
  EXPECT_EQ(&queue.first(), &early);
  queue.remove(early);
  EXPECT_EQ(&queue.first(), &middle);
  queue.move(middle, kNoon + 4s);
  EXPECT_EQ(&queue.first(), &late);
}

TEST(IdleQueue, HastensButNeverDelays) {
  Account account;
  IdleQueue queue;
  queue.add(account, kNoon + 2s);
  queue.hasten(account, kNoon + 3s);
  EXPECT_EQ(queue.first_at(), kNoon + 2s);
  queue.hasten(account, kNoon + 1s);
  EXPECT_EQ(queue.first_at(), kNoon + 1s);
}

TEST(IdleQueue, KeepsItsOrderThroughAnything) {
  std::mt19937 random(7);
  std::vector<std::unique_ptr<Account>> accounts;
  for (int i = 0; i < 100; ++i) accounts.push_back(std::make_unique<Account>());
  std::map<Account*, Instant> expected;
  IdleQueue queue;
  for (int step = 0; step < 20'000; ++step) {
    Account& account = *accounts[random() % accounts.size()];
    const Instant at = kNoon + std::chrono::seconds(random() % 1000);
    if (!expected.contains(&account)) {
      queue.add(account, at);
      expected[&account] = at;
    } else if (random() % 2 == 0) {
      queue.move(account, at);
      expected[&account] = at;
    } else {
      queue.remove(account);
      expected.erase(&account);
    }
    ASSERT_EQ(queue.empty(), expected.empty());
    if (expected.empty()) continue;
    for (const auto& [other, time] : expected) ASSERT_LE(queue.first_at(), time);
    ASSERT_EQ(expected.at(&queue.first()), queue.first_at());
  }
}

}  // namespace
}  // namespace mlgateway::limits
