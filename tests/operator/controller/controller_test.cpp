#include "operator/controller/controller.hpp"

#include <atomic>
#include <future>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/text_serializer.h>

namespace mlgateway::controller {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

const api::ObjectKey kA{"models", "a"};

// A controller whose reconciler says what the test wants; its keys are handled one by one by the test's thread.
struct Single {
  explicit Single(std::function<Outcome()> says)
      : controller(
            {"route", 1, {}}, [says](const api::ObjectKey&, const std::stop_token&) { return says(); }, registry) {}

  void handle() {
    controller.queue().add(kA);
    controller.handle(*controller.queue().take({}), {});
  }
  std::string metrics() const { return prometheus::TextSerializer().Serialize(registry.Collect()); }

  prometheus::Registry registry;
  Controller controller;
};

TEST(Controller, IsDoneWithWhatIsDone) {
  Single single([] { return Done{}; });
  single.handle();
  EXPECT_EQ(single.controller.queue().depth(), 0);
  EXPECT_THAT(single.metrics(),
              HasSubstr(R"(controller_runtime_reconcile_total{controller="route",result="success"} 1)"));
}

TEST(Controller, LooksAgainWhenItIsTold) {
  Single single([] { return RetryAfter{0ms}; });
  single.handle();
  EXPECT_EQ(single.controller.queue().take({})->key, kA);
  EXPECT_THAT(single.metrics(), HasSubstr(R"(result="requeue_after"} 1)"));
  EXPECT_THAT(single.metrics(), HasSubstr(R"(workqueue_retries_total{controller="route",name="route"} 0)"));
}

TEST(Controller, TriesAgainWhatFailed) {
  Single single([] { return Failed{"no answer"}; });
  single.handle();
  EXPECT_EQ(single.controller.queue().take({})->key, kA);
  EXPECT_THAT(single.metrics(), HasSubstr(R"(controller_runtime_reconcile_errors_total{controller="route"} 1)"));
  EXPECT_THAT(single.metrics(), HasSubstr(R"(workqueue_retries_total{controller="route",name="route"} 1)"));
}

TEST(Controller, TakesAnExceptionForAFailure) {
  Single single([]() -> Outcome { throw std::runtime_error("a bug"); });
  single.handle();
  EXPECT_THAT(single.metrics(), HasSubstr(R"(result="error"} 1)"));
}

TEST(Controller, ReconcilesEveryKeyAndNoneTwiceAtOnce) {
  prometheus::Registry registry;
  std::atomic<int> left{400};
  std::array<std::atomic<int>, 10> inside{};
  std::atomic<bool> overlapped{false};
  std::promise<void> all;
  Controller controller(
      {"route", 4, {}},
      [&](const api::ObjectKey& key, const std::stop_token&) -> Outcome {
        auto& here = inside[static_cast<std::size_t>(key.name[0] - '0')];
        if (here.fetch_add(1) != 0) overlapped = true;
        std::this_thread::yield();
        here.fetch_sub(1);
        const int now_left = left.fetch_sub(1) - 1;
        if (now_left == 0) all.set_value();
        return now_left > 0 ? Outcome(RetryAfter{0ms}) : Outcome(Done{});
      },
      registry);
  for (int i = 0; i < 10; ++i) controller.queue().add({"models", std::to_string(i)});
  controller.start();
  ASSERT_EQ(all.get_future().wait_for(60s), std::future_status::ready);
  controller.stop();
  EXPECT_FALSE(overlapped);
}

TEST(Controller, EndsThoughKeysAreWaiting) {
  prometheus::Registry registry;
  std::promise<void> begun;
  Controller controller(
      {"route", 2, {}},
      [&](const api::ObjectKey& key, const std::stop_token&) -> Outcome {
        if (key == kA) begun.set_value();
        return RetryAfter{1h};
      },
      registry);
  controller.start();
  controller.queue().add(kA);
  ASSERT_EQ(begun.get_future().wait_for(60s), std::future_status::ready);
  controller.stop();
  controller.queue().add(kA);
  EXPECT_EQ(controller.queue().depth(), 1);
}

}  // namespace
}  // namespace mlgateway::controller
