#include "sidecar/cache/flights.hpp"

#include <atomic>
#include <chrono>
#include <deque>
#include <random>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace mlgateway::cache {
namespace {

using namespace std::chrono_literals;

constexpr Instant kNow = Instant{} + 1h;
const Key kKey{1};
const Key kTag{2};

AnswerPtr prediction() {
  auto made = std::make_shared<Answer>();
  made->status = 200;
  made->body = "prediction";
  made->expires = kNow + 1h;
  return made;
}

// One who waits and counts how often he is told.
struct Waiter : Participant {
  Waiter() {
    wake = [this] { woken.fetch_add(1); };
  }
  std::atomic<int> woken{0};
};

class FlightsTest : public testing::Test {
 public:
  void SetUp() override { store_.retain(std::vector{kTag}, 1u << 20); }
  Flights::Joined join(Waiter& waiter) { return flights_.join(kKey, waiter, &store_, kNow); }
  Flight::Keep keep() { return {store_, kTag, kNow}; }

  Store store_{1u << 20};
  Flights flights_;
};

TEST_F(FlightsTest, LetsTheFirstLeadAndTheOthersWait) {
  Waiter first, second;
  const auto leader = join(first);
  const auto follower = join(second);
  EXPECT_TRUE(leader.leads);
  EXPECT_FALSE(follower.leads);
  EXPECT_EQ(leader.flight, follower.flight);
  leader.flight->land({}, {});
}

TEST_F(FlightsTest, KeepsOtherKeysApart) {
  Waiter first, second;
  EXPECT_TRUE(join(first).leads);
  const auto other = flights_.join(Key{9}, second, &store_, kNow);
  EXPECT_TRUE(other.leads);
}

TEST_F(FlightsTest, IsUnderWayFromTheJoinToTheLanding) {
  Waiter waiter;
  EXPECT_FALSE(flights_.under_way(kKey));
  const auto joined = join(waiter);
  EXPECT_TRUE(flights_.under_way(kKey));
  EXPECT_FALSE(joined.flight->landed());
  joined.flight->land({}, {});
  EXPECT_FALSE(flights_.under_way(kKey));
  EXPECT_TRUE(joined.flight->landed());
}

TEST_F(FlightsTest, WakesEverybodyOnceWithTheOutcome) {
  Waiter first, second;
  const auto joined = join(first);
  const auto follower = join(second);
  const AnswerPtr answer = prediction();
  joined.flight->land({.answer = answer, .stored = false, .error = {}}, {});
  EXPECT_EQ(first.woken, 1);
  EXPECT_EQ(second.woken, 1);
  EXPECT_EQ(follower.flight->outcome().answer, answer);
  EXPECT_FALSE(follower.flight->outcome().stored);
}

TEST_F(FlightsTest, StoresTheAnswerInTheStepInWhichItLands) {
  Waiter first, second;
  const auto joined = join(first);
  const AnswerPtr answer = prediction();
  joined.flight->land({.answer = answer, .stored = false, .error = {}}, keep());
  EXPECT_TRUE(joined.flight->outcome().stored);
  const auto late = join(second);
  EXPECT_EQ(late.stored, answer);
  EXPECT_EQ(late.flight, nullptr);
  EXPECT_FALSE(late.leads);
  EXPECT_FALSE(flights_.under_way(kKey));
}

TEST_F(FlightsTest, LetsWhoWantsNothingKeptAskAnew) {
  Waiter first, second, third;
  join(first).flight->land({.answer = prediction(), .stored = false, .error = {}}, keep());
  const auto anew = flights_.join(kKey, second, nullptr, kNow);
  EXPECT_TRUE(anew.leads);
  EXPECT_EQ(anew.stored, nullptr);
  EXPECT_EQ(flights_.join(kKey, third, nullptr, kNow).flight, anew.flight);
  anew.flight->land({}, {});
}

TEST_F(FlightsTest, TellsThatTheStoreDidNotTakeTheAnswer) {
  Waiter waiter;
  const auto joined = join(waiter);
  store_.retain({}, 1u << 20);
  joined.flight->land({.answer = prediction(), .stored = false, .error = {}}, keep());
  EXPECT_FALSE(joined.flight->outcome().stored);
  EXPECT_NE(joined.flight->outcome().answer, nullptr);
}

TEST_F(FlightsTest, HandsAFailureToEverybodyAndStoresNothing) {
  Waiter first, second;
  const auto joined = join(first);
  const auto follower = join(second);
  joined.flight->land({.answer = nullptr, .stored = false, .error = Error(Reason::UpstreamClosed, "gone")}, keep());
  EXPECT_EQ(follower.flight->outcome().error->reason, Reason::UpstreamClosed);
  EXPECT_EQ(store_.numbers().entries, 0u);
}

TEST_F(FlightsTest, GoesOnForThoseWhoWaitWhenItsLeaderLeaves) {
  Waiter first, second;
  bool cancelled = false;
  const auto joined = join(first);
  joined.flight->on_cancel([&] { cancelled = true; });
  const auto follower = join(second);
  joined.flight->leave(first);
  EXPECT_FALSE(cancelled);
  EXPECT_TRUE(flights_.under_way(kKey));
  joined.flight->land({.answer = prediction(), .stored = false, .error = {}}, {});
  EXPECT_EQ(first.woken, 0);
  EXPECT_EQ(second.woken, 1);
}

TEST_F(FlightsTest, IsCancelledOnceWhenTheLastOneLeaves) {
  Waiter first, second;
  int cancelled = 0;
  const auto joined = join(first);
  joined.flight->on_cancel([&] { ++cancelled; });
  const auto follower = join(second);
  follower.flight->leave(second);
  EXPECT_EQ(cancelled, 0);
  joined.flight->leave(first);
  EXPECT_EQ(cancelled, 1);
  joined.flight->leave(first);
  joined.flight->leave(second);
  EXPECT_EQ(cancelled, 1);
}

TEST_F(FlightsTest, LetsTheNextOneLeadAnewAfterACancellation) {
  Waiter first, second;
  const auto joined = join(first);
  joined.flight->on_cancel([] {});
  joined.flight->leave(first);
  EXPECT_FALSE(flights_.under_way(kKey));
  const auto anew = join(second);
  EXPECT_TRUE(anew.leads);
  // The call that was cancelled ends late; it must take nothing from the new one.
  joined.flight->land({.answer = nullptr, .stored = false, .error = Error(Reason::ClientClosed, "cancelled")}, {});
  EXPECT_TRUE(flights_.under_way(kKey));
  EXPECT_EQ(second.woken, 0);
}

TEST_F(FlightsTest, StoresAnAnswerThatCameAfterEverybodyHadLeft) {
  Waiter first;
  const auto joined = join(first);
  joined.flight->on_cancel([] {});
  joined.flight->leave(first);
  joined.flight->land({.answer = prediction(), .stored = false, .error = {}}, keep());
  EXPECT_EQ(first.woken, 0);
  EXPECT_NE(store_.find(kKey, kNow), nullptr);
}

TEST_F(FlightsTest, TellsTheOthersWhenItsLeaderLeavesWithoutHavingCalled) {
  Waiter first, second, third;
  const auto joined = join(first);
  const auto follower = join(second);
  joined.flight->leave(first);
  EXPECT_EQ(first.woken, 0);
  EXPECT_EQ(second.woken, 1);
  EXPECT_TRUE(follower.flight->landed());
  EXPECT_EQ(follower.flight->outcome().answer, nullptr);
  EXPECT_FALSE(follower.flight->outcome().error);
  EXPECT_TRUE(join(third).leads);
}

TEST_F(FlightsTest, MayOutliveItsTable) {
  Waiter waiter;
  auto flights = std::make_unique<Flights>();
  const auto joined = flights->join(kKey, waiter, &store_, kNow);
  flights.reset();
  joined.flight->land({}, {});
  EXPECT_EQ(waiter.woken, 1);
}

TEST_F(FlightsTest, IsForgottenWhenNobodyHoldsIt) {
  Waiter first, second;
  join(first);
  EXPECT_FALSE(flights_.under_way(kKey));
  EXPECT_TRUE(join(second).leads);
}

// Threads that cannot start before the last of them is there.
template <class Work>
void together(unsigned count, Work work) {
  std::atomic<unsigned> ready{0};
  std::vector<std::jthread> threads;
  for (unsigned i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      ready.fetch_add(1);
      while (ready.load() < count) std::this_thread::yield();
      work(i);
    });
  }
}

TEST_F(FlightsTest, MakesOneCallOfFiveHundredAtOnce) {
  std::deque<Waiter> waiters(500);
  std::atomic<int> leaders{0};
  std::atomic<int> answered{0};
  std::shared_ptr<Flight> flown;
  together(8, [&](unsigned worker) {
    for (std::size_t i = worker; i < waiters.size(); i += 8) {
      const auto joined = join(waiters[i]);
      if (joined.stored) answered.fetch_add(1);
      if (!joined.leads) continue;
      leaders.fetch_add(1);
      flown = joined.flight;
      flown->on_cancel([] {});
    }
  });
  ASSERT_NE(flown, nullptr);
  flown->land({.answer = prediction(), .stored = false, .error = {}}, keep());
  EXPECT_EQ(leaders, 1);
  EXPECT_EQ(answered, 0);
  for (const Waiter& waiter : waiters) EXPECT_EQ(waiter.woken, 1);
}

// Every call either lands with an answer that everybody gets, or is cancelled because nobody is left; who comes too
// late for one finds its answer in the store. So as many calls are made as were cancelled, and one.
TEST_F(FlightsTest, NeverCallsTwiceHoweverJoinsAndLandingsMeet) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    Store store(1u << 20);
    store.retain(std::vector{kTag}, 1u << 20);
    std::atomic<int> calls{0}, served{0};
    together(4, [&](unsigned worker) {
      std::mt19937 random(seed * 4 + worker);
      for (int round = 0; round < 5; ++round) {
        Waiter waiter;
        const auto joined = flights_.join(Key{static_cast<std::uint8_t>(seed), 7}, waiter, &store, kNow);
        if (joined.leads) {
          calls.fetch_add(1);
          joined.flight->on_cancel([] {});
          if (random() % 2 == 0) std::this_thread::yield();
          joined.flight->land({.answer = prediction(), .stored = false, .error = {}}, Flight::Keep{store, kTag, kNow});
        }
        while (joined.flight && waiter.woken == 0) std::this_thread::yield();
        const AnswerPtr got = joined.stored ? joined.stored : joined.flight->outcome().answer;
        served.fetch_add(got ? 1 : 0);
      }
    });
    EXPECT_EQ(calls, 1) << seed;
    EXPECT_EQ(served, 20) << seed;
  }
}

// Who leaves is not told afterwards, who stays is told once, and a call is cancelled only when nobody waits for it.
TEST_F(FlightsTest, KeepsItsPromisesHoweverLeavesAndLandingsMeet) {
  for (unsigned seed = 0; seed < 2000; ++seed) {
    std::array<Waiter, 4> waiters;
    const auto leader = join(waiters[0]);
    ASSERT_TRUE(leader.leads);
    std::atomic<int> cancelled{0};
    leader.flight->on_cancel([&] { cancelled.fetch_add(1); });
    for (std::size_t i = 1; i < 4; ++i) join(waiters[i]);
    std::array<bool, 4> leaves{};
    std::array<int, 4> woken_at_leave{};
    for (std::size_t i = 0; i < 4; ++i) leaves[i] = (seed >> i & 1) != 0;
    together(5, [&](unsigned who) {
      if (who == 4) return leader.flight->land({.answer = prediction(), .stored = false, .error = {}}, {});
      if (!leaves[who]) return;
      leader.flight->leave(waiters[who]);
      woken_at_leave[who] = waiters[who].woken.load();
    });
    for (std::size_t i = 0; i < 4; ++i) {
      EXPECT_EQ(waiters[i].woken, leaves[i] ? woken_at_leave[i] : 1) << seed << " " << i;
      EXPECT_LE(waiters[i].woken, 1);
    }
    const bool everybody_left = leaves == std::array{true, true, true, true};
    EXPECT_LE(cancelled, everybody_left ? 1 : 0) << seed;
    EXPECT_FALSE(flights_.under_way(kKey));
  }
}

// A leader whose quota refuses leaves at once, while others join and leave: nobody waits for ever.
TEST_F(FlightsTest, LeavesNobodyWaitingForALeaderWhoNeverCalled) {
  for (unsigned seed = 0; seed < 500; ++seed) {
    std::atomic<int> calls{0};
    together(4, [&](unsigned worker) {
      std::mt19937 random(seed * 4 + worker);
      for (bool served = false; !served;) {
        Waiter waiter;
        const auto joined = join(waiter);
        if (joined.leads && random() % 2 == 0) {
          joined.flight->leave(waiter);
          EXPECT_EQ(waiter.woken, 0);
          continue;
        }
        if (joined.leads) {
          calls.fetch_add(1);
          joined.flight->on_cancel([] {});
          joined.flight->land({.answer = prediction(), .stored = false, .error = {}}, {});
        } else if (random() % 4 == 0) {
          joined.flight->leave(waiter);
          EXPECT_LE(waiter.woken, 1);
          continue;
        }
        while (waiter.woken == 0) std::this_thread::yield();
        served = joined.flight->outcome().answer != nullptr;
      }
    });
    EXPECT_GE(calls, 1);
    EXPECT_FALSE(flights_.under_way(kKey));
  }
}

}  // namespace
}  // namespace mlgateway::cache
