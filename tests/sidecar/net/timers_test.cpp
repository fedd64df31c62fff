#include "sidecar/net/timers.hpp"

#include <memory>
#include <vector>

#include <gtest/gtest.h>

namespace mlgateway::net {
namespace {

using namespace std::chrono_literals;

const Instant kStart{std::chrono::hours(1)};

struct Counted : Timer {
  Counted() {
    context = this;
    fire = [](void* self) { ++static_cast<Counted*>(self)->fired; };
  }
  int fired = 0;
};

TEST(Timers, NeverFireEarlyAndAtMostOneTickLate) {
  Timers timers(kStart);
  Counted timer;
  timers.arm(timer, kStart + 100ms);
  timers.advance(kStart + 99ms);
  EXPECT_EQ(timer.fired, 0);
  timers.advance(kStart + 100ms + Timers::kTick);
  EXPECT_EQ(timer.fired, 1);
  EXPECT_FALSE(timer.armed());
}

TEST(Timers, FireOnceHoweverLongTheLoopSlept) {
  Timers timers(kStart);
  Counted near, far;
  timers.arm(near, kStart + 10ms);
  timers.arm(far, kStart + 60s);
  timers.advance(kStart + 10min);
  timers.advance(kStart + 20min);
  EXPECT_EQ(near.fired, 1);
  EXPECT_EQ(far.fired, 1);
}

TEST(Timers, KeepATimerThatIsSeveralLapsAway) {
  Timers timers(kStart);
  Counted timer;
  timers.arm(timer, kStart + 30s);
  for (auto now = kStart; now < kStart + 30s; now += 7ms) timers.advance(now);
  EXPECT_EQ(timer.fired, 0);
  timers.advance(kStart + 30s + 2 * Timers::kTick);
  EXPECT_EQ(timer.fired, 1);
}

TEST(Timers, ForgetADisarmedTimer) {
  Timers timers(kStart);
  Counted timer;
  timers.arm(timer, kStart + 10ms);
  timer.disarm();
  timers.advance(kStart + 1s);
  EXPECT_EQ(timer.fired, 0);
}

TEST(Timers, MoveATimerThatIsArmedAgain) {
  Timers timers(kStart);
  Counted timer;
  timers.arm(timer, kStart + 10ms);
  timers.arm(timer, kStart + 500ms);
  timers.advance(kStart + 100ms);
  EXPECT_EQ(timer.fired, 0);
  timers.advance(kStart + 1s);
  EXPECT_EQ(timer.fired, 1);
}

TEST(Timers, LetATimerThatFiresDestroyItsNeighbour) {
  struct Killer : Timer {
    std::unique_ptr<Counted> victim = std::make_unique<Counted>();
    Killer() {
      context = this;
      fire = [](void* self) { static_cast<Killer*>(self)->victim.reset(); };
    }
  };
  Timers timers(kStart);
  Killer killer;
  timers.arm(killer, kStart + 10ms);
  timers.arm(*killer.victim, kStart + 10ms);
  timers.advance(kStart + 1s);
  EXPECT_EQ(killer.victim, nullptr);
}

TEST(Timers, LetATimerThatFiresArmItselfAgain) {
  struct Periodic : Timer {
    Timers* timers = nullptr;
    Instant next = kStart;
    int fired = 0;
    Periodic() {
      context = this;
      fire = [](void* self) {
        auto& timer = *static_cast<Periodic*>(self);
        ++timer.fired;
        timer.next += 100ms;
        timer.timers->arm(timer, timer.next);
      };
    }
  };
  Timers timers(kStart);
  Periodic timer;
  timer.timers = &timers;
  timers.arm(timer, kStart);
  for (auto now = kStart; now < kStart + 1s; now += 4ms) timers.advance(now);
  EXPECT_EQ(timer.fired, 10);
}

TEST(Timers, TellHowLongTheLoopMaySleep) {
  Timers timers(kStart);
  EXPECT_EQ(timers.until_next(kStart, 1s), 1s);
  Counted timer;
  timers.arm(timer, kStart + 200ms);
  const auto sleep = timers.until_next(kStart, 1s);
  EXPECT_GE(sleep, 200ms);
  EXPECT_LE(sleep, 200ms + 2 * Timers::kTick);
  EXPECT_EQ(timers.until_next(kStart + 1s, 1s), 0ms);
}

TEST(Timers, SleepFullyAgainAfterADisarmedTimersSlotHasPassed) {
  Timers timers(kStart);
  Counted timer;
  timers.arm(timer, kStart + 8ms);
  timer.disarm();
  timers.advance(kStart + 50ms);
  EXPECT_EQ(timers.until_next(kStart + 50ms, 1s), 1s);
}

}  // namespace
}  // namespace mlgateway::net
