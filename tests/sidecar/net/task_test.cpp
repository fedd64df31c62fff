#include "sidecar/net/task.hpp"

#include <stdexcept>
#include <string>
#include <type_traits>

#include <gtest/gtest.h>

namespace mlgateway::net {
namespace {

Task<int> immediate(int value) { co_return value; }

Task<int> count_to(int count) {
  int counted = 0;
  for (int i = 0; i < count; ++i) counted += co_await immediate(1);
  co_return counted;
}

Task<int> after(Event& event, int value) {
  co_await event;
  co_return value;
}

Task<int> failing() {
  throw std::runtime_error("no");
  co_return 0;
}

Task<void> store(Task<int> task, int& into) { into = co_await task; }

TEST(Task, GivesItsValueToWhoAwaitsIt) {
  int result = 0;
  spawn(store(immediate(7), result));
  EXPECT_EQ(result, 7);
}

TEST(Task, DoesNotRunBeforeItIsAwaited) {
  Event event;
  int result = 0;
  {
    auto task = after(event, 7);
    event.signal();
    EXPECT_EQ(result, 0);
    spawn(store(std::move(task), result));
  }
  EXPECT_EQ(result, 7);
}

TEST(Task, ResumesItsAwaiterWhenTheEventComes) {
  Event event;
  int result = 0;
  spawn(store(after(event, 7), result));
  EXPECT_EQ(result, 0);
  event.signal();
  EXPECT_EQ(result, 7);
}

TEST(Task, NeedsNoStackForTasksThatFinishAtOnce) {
  int result = 0;
  spawn(store(count_to(200'000), result));
  EXPECT_EQ(result, 200'000);
}

TEST(Task, HandsItsExceptionToWhoAwaitsIt) {
  std::string caught;
  spawn([](std::string& into) -> Task<void> {
    try {
      co_await failing();
    } catch (const std::exception& error) {
      into = error.what();
    }
  }(caught));
  EXPECT_EQ(caught, "no");
}

// GCC 12 awaits a copy of an lvalue that a call returns; a copy would wait for a signal that goes to the original.
static_assert(!std::is_copy_constructible_v<Event>);

TEST(Event, MayBeSignalledBeforeAnybodyWaits) {
  Event event;
  event.signal();
  int result = 0;
  spawn(store(after(event, 7), result));
  EXPECT_EQ(result, 7);
}

}  // namespace
}  // namespace mlgateway::net
