#include "sidecar/config/watcher.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>

#include <gtest/gtest.h>

#include "tests/sidecar/config/config_folder.hpp"
#include "tests/sidecar/config/documents.hpp"

namespace mlgateway::config {
namespace {

// Shorter than the watcher's poll: what arrives in this time has come by an event.
constexpr std::chrono::seconds kPatience{8};

std::string text_with_model(const std::string& model) { return render(config_of({route(model)})); }

// Receives configs from the watcher's thread.
class Inbox {
 public:
  Watcher::OnConfig receiver() {
    return [this](const std::shared_ptr<const GatewayConfig>& config) {
      const std::lock_guard lock(mutex_);
      model_ = config->routes.empty() ? "" : config->routes[0].model;
      ++received_;
      arrived_.notify_all();
    };
  }
  bool wait_for(const std::string& model) {
    std::unique_lock lock(mutex_);
    return arrived_.wait_for(lock, kPatience, [&] { return model_ == model; });
  }
  int received() {
    const std::lock_guard lock(mutex_);
    return received_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::string model_;
  int received_ = 0;
};

TEST(Watcher, LoadsAtOnceWhenAsked) {
  const ConfigFolder folder;
  folder.write(text_with_model("iris"));
  Inbox inbox;
  Watcher watcher(folder.path(), inbox.receiver());
  EXPECT_TRUE(watcher.load_now(WallTime{}));
  EXPECT_EQ(inbox.received(), 1);
  EXPECT_EQ(watcher.state().config->routes[0].model, "iris");
}

TEST(Watcher, HasNothingToServeBeforeTheFirstConfig) {
  const ConfigFolder folder;
  Inbox inbox;
  Watcher watcher(folder.path(), inbox.receiver());
  EXPECT_FALSE(watcher.load_now(WallTime{}));
  EXPECT_EQ(inbox.received(), 0);
}

TEST(Watcher, FollowsAFileThatIsReplacedOrRewritten) {
  const ConfigFolder folder;
  Inbox inbox;
  Watcher watcher(folder.path(), inbox.receiver());
  watcher.start();
  folder.write(text_with_model("first"));
  EXPECT_TRUE(inbox.wait_for("first"));
  folder.replace(text_with_model("second"));
  EXPECT_TRUE(inbox.wait_for("second"));
  folder.write(text_with_model("third"));
  EXPECT_TRUE(inbox.wait_for("third"));
}

TEST(Watcher, FollowsTheKubeletsSwitch) {
  ConfigFolder folder;
  Inbox inbox;
  Watcher watcher(folder.path(), inbox.receiver());
  watcher.start();
  for (const char* model : {"first", "second", "third"}) {
    folder.switch_data(text_with_model(model));
    EXPECT_TRUE(inbox.wait_for(model)) << model;
  }
}

TEST(Watcher, DoesNotMissAChangeBetweenLoadAndStart) {
  const ConfigFolder folder;
  folder.write(text_with_model("first"));
  Inbox inbox;
  Watcher watcher(folder.path(), inbox.receiver());
  ASSERT_TRUE(watcher.load_now(WallTime{}));
  folder.replace(text_with_model("second"));
  watcher.start();
  EXPECT_TRUE(inbox.wait_for("second"));
}

TEST(Watcher, PassesOverBrokenContentToTheNextGoodOne) {
  const ConfigFolder folder;
  folder.write(text_with_model("first"));
  Inbox inbox;
  Watcher watcher(folder.path(), inbox.receiver());
  watcher.load_now(WallTime{});
  watcher.start();
  folder.replace("broken");
  folder.replace(text_with_model("second"));
  EXPECT_TRUE(inbox.wait_for("second"));
  EXPECT_EQ(watcher.state().error, "");
}

TEST(Watcher, FollowsADirectoryThatComesLateAndOneThatIsReplaced) {
  const ConfigFolder folder;
  const auto aside = folder.path().parent_path() / "aside";
  std::filesystem::rename(folder.path(), aside);
  Inbox inbox;
  Watcher watcher(folder.path(), inbox.receiver());
  EXPECT_FALSE(watcher.load_now(WallTime{}));
  watcher.start();
  std::ofstream(aside / kFileName) << text_with_model("late");
  std::filesystem::rename(aside, folder.path());
  EXPECT_TRUE(inbox.wait_for("late"));
  std::filesystem::rename(folder.path(), aside);
  std::filesystem::create_directory(folder.path());
  folder.write(text_with_model("new"));
  EXPECT_TRUE(inbox.wait_for("new"));
}

TEST(Watcher, StopsWithoutWaitingForItsPoll) {
  const ConfigFolder folder;
  Inbox inbox;
  Watcher watcher(folder.path(), inbox.receiver());
  watcher.start();
  watcher.stop();
  watcher.stop();
  folder.write(text_with_model("unseen"));
  EXPECT_EQ(inbox.received(), 0);
}

}  // namespace
}  // namespace mlgateway::config
