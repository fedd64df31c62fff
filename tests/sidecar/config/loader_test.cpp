#include "sidecar/config/loader.hpp"

#include <chrono>

#include <gtest/gtest.h>

#include "tests/sidecar/config/config_folder.hpp"
#include "tests/sidecar/config/documents.hpp"

namespace mlgateway::config {
namespace {

const WallTime kStart{std::chrono::seconds(1'800'000'000)};
const WallTime kLater = kStart + std::chrono::seconds(60);

std::string text_with_model(const std::string& model) {
  GatewayConfig config = config_of({route(model)});
  config.hash = config_hash(config);
  return render(config);
}

TEST(Loader, TakesTheFirstGoodContent) {
  const ConfigFolder folder;
  folder.write(render(full_config()));
  Loader loader(folder.path());
  const auto config = loader.load(kStart);
  ASSERT_NE(config, nullptr);
  EXPECT_EQ(*config, full_config());
  EXPECT_EQ(loader.state().config, config);
  EXPECT_EQ(loader.state().loaded_time, kStart);
  EXPECT_EQ(loader.state().error, "");
  EXPECT_EQ(loader.state().reloads_succeeded, 1u);
}

TEST(Loader, HandsOverOnlyWhatHasChanged) {
  const ConfigFolder folder;
  folder.write(text_with_model("iris"));
  Loader loader(folder.path());
  ASSERT_NE(loader.load(kStart), nullptr);
  folder.replace(text_with_model("iris"));
  EXPECT_EQ(loader.load(kLater), nullptr);
  EXPECT_EQ(loader.state().loaded_time, kStart);
  folder.replace(text_with_model("rose"));
  EXPECT_EQ(loader.load(kLater)->routes[0].model, "rose");
  EXPECT_EQ(loader.state().reloads_succeeded, 2u);
}

TEST(Loader, KeepsTheLastGoodConfigWhenTheNextIsBroken) {
  const ConfigFolder folder;
  folder.write(text_with_model("iris"));
  Loader loader(folder.path());
  const auto good = loader.load(kStart);
  folder.write(R"({"contract":2})");
  EXPECT_EQ(loader.load(kLater), nullptr);
  EXPECT_EQ(loader.state().config, good);
  EXPECT_EQ(loader.state().error, folder.file().string() + ": contract: must be at most 1, is 2");
  EXPECT_EQ(loader.state().error_since, kLater);
  EXPECT_EQ(loader.state().reloads_failed, 1u);
}

TEST(Loader, CountsABrokenContentOnce) {
  const ConfigFolder folder;
  folder.write("{");
  Loader loader(folder.path());
  EXPECT_EQ(loader.load(kStart), nullptr);
  EXPECT_EQ(loader.load(kLater), nullptr);
  EXPECT_EQ(loader.state().config, nullptr);
  EXPECT_EQ(loader.state().reloads_failed, 1u);
  EXPECT_EQ(loader.state().error_since, kStart);
}

TEST(Loader, ForgetsTheErrorWhenTheContentInForceComesBack) {
  const ConfigFolder folder;
  folder.write(text_with_model("iris"));
  Loader loader(folder.path());
  ASSERT_NE(loader.load(kStart), nullptr);
  folder.write("{");
  EXPECT_EQ(loader.load(kLater), nullptr);
  folder.write(text_with_model("iris"));
  EXPECT_EQ(loader.load(kLater), nullptr);
  EXPECT_EQ(loader.state().error, "");
  EXPECT_FALSE(loader.state().error_since);
  EXPECT_EQ(loader.state().reloads_succeeded, 1u);
  // The same broken content again is a new failure.
  folder.write("{");
  EXPECT_EQ(loader.load(kLater), nullptr);
  EXPECT_EQ(loader.state().reloads_failed, 2u);
}

TEST(Loader, DoesNotMindAFileThatWasNeverThere) {
  const ConfigFolder folder;
  for (const auto& path : {folder.path(), folder.path() / "no" / "folder"}) {
    Loader loader(path);
    EXPECT_EQ(loader.load(kStart), nullptr);
    EXPECT_EQ(loader.state().config, nullptr);
    EXPECT_EQ(loader.state().error, "");
    EXPECT_EQ(loader.state().reloads_failed, 0u);
  }
}

TEST(Loader, KeepsTheLastGoodConfigWhenTheFileVanishes) {
  const ConfigFolder folder;
  folder.write(text_with_model("iris"));
  Loader loader(folder.path());
  const auto good = loader.load(kStart);
  std::filesystem::remove(folder.file());
  EXPECT_EQ(loader.load(kLater), nullptr);
  EXPECT_EQ(loader.state().config, good);
  EXPECT_NE(loader.state().error, "");
  EXPECT_EQ(loader.state().reloads_failed, 1u);
  folder.write(text_with_model("iris"));
  EXPECT_EQ(loader.load(kLater), nullptr);
  EXPECT_EQ(loader.state().error, "");
}

TEST(Loader, RefusesWhatIsNoFile) {
  const ConfigFolder folder;
  std::filesystem::create_directory(folder.file());
  Loader loader(folder.path());
  EXPECT_EQ(loader.load(kStart), nullptr);
  EXPECT_NE(loader.state().error, "");
}

TEST(Loader, FollowsTheKubeletsSwitch) {
  ConfigFolder folder;
  folder.switch_data(text_with_model("iris"));
  Loader loader(folder.path());
  EXPECT_EQ(loader.load(kStart)->routes[0].model, "iris");
  folder.switch_data(text_with_model("rose"));
  EXPECT_EQ(loader.load(kLater)->routes[0].model, "rose");
}

}  // namespace
}  // namespace mlgateway::config
