#include "operator/controller/queue_state.hpp"

#include <gtest/gtest.h>

namespace mlgateway::controller {
namespace {

using namespace std::chrono_literals;

const Instant kStart{1h};
const api::ObjectKey kA{"models", "a"}, kB{"models", "b"};

TEST(Queue, HoldsAKeyOnce) {
  QueueState queue;
  EXPECT_TRUE(queue.add(kA, kStart));
  EXPECT_FALSE(queue.add(kA, kStart));
  EXPECT_EQ(queue.depth(), 1);
  EXPECT_TRUE(queue.take(kStart));
  EXPECT_FALSE(queue.take(kStart));
}

TEST(Queue, GivesTheKeyThatWaitsLongest) {
  QueueState queue;
  queue.add(kB, kStart);
  queue.add(kA, kStart + 1s);
  const auto taken = queue.take(kStart + 2s);
  EXPECT_EQ(taken->key, kB);
  EXPECT_EQ(taken->added, kStart);
}

TEST(Queue, NeverGivesAKeyToTwoWorkers) {
  QueueState queue;
  queue.add(kA, kStart);
  EXPECT_TRUE(queue.take(kStart));
  EXPECT_TRUE(queue.add(kA, kStart));
  EXPECT_FALSE(queue.take(kStart));
  queue.done(kA, kStart + 1s);
  EXPECT_EQ(queue.take(kStart + 1s)->key, kA);
  queue.done(kA, kStart + 2s);
  EXPECT_FALSE(queue.take(kStart + 2s));
}

TEST(Queue, GivesADelayedKeyWhenItIsDue) {
  QueueState queue;
  queue.add_at(kA, kStart + 10s);
  queue.add_at(kB, kStart + 5s);
  EXPECT_EQ(queue.next_due(), kStart + 5s);
  EXPECT_FALSE(queue.take(kStart + 4s));
  EXPECT_EQ(queue.take(kStart + 5s)->key, kB);
  EXPECT_EQ(queue.next_due(), kStart + 10s);
}

TEST(Queue, KeepsTheEarliestOfSeveralWishes) {
  QueueState queue;
  queue.add_at(kA, kStart + 10s);
  queue.add_at(kA, kStart + 5s);
  queue.add_at(kA, kStart + 20s);
  EXPECT_EQ(queue.next_due(), kStart + 5s);
  EXPECT_TRUE(queue.take(kStart + 5s));
  EXPECT_EQ(queue.next_due(), std::nullopt);
}

TEST(Queue, DoublesTheWaitWithEachFailureInARow) {
  QueueState queue({10ms, 100ms});
  std::vector<std::chrono::nanoseconds> waits;
  for (int i = 0; i < 6; ++i) {
    queue.add_failed(kA, kStart, 0ms);
    waits.push_back(*queue.next_due() - kStart);
    static_cast<void>(queue.take(*queue.next_due()));
    queue.done(kA, kStart);
  }
  const std::vector<std::chrono::nanoseconds> expected{10ms, 20ms, 40ms, 80ms, 100ms, 100ms};
  EXPECT_EQ(waits, expected);
  EXPECT_EQ(queue.failures(kA), 6);
  queue.forget(kA);
  queue.add_failed(kA, kStart, 0ms);
  EXPECT_EQ(*queue.next_due() - kStart, 10ms);
}

TEST(Queue, WaitsAsLongAsAFailureAsks) {
  QueueState queue;
  queue.add_failed(kA, kStart, 30s);
  EXPECT_EQ(queue.next_due(), kStart + 30s);
}

TEST(Queue, DoesNotLetADelayHoldBackAChange) {
  QueueState queue;
  queue.add_failed(kA, kStart, 30s);
  queue.add(kA, kStart + 1s);
  EXPECT_EQ(queue.take(kStart + 1s)->key, kA);
}

}  // namespace
}  // namespace mlgateway::controller
