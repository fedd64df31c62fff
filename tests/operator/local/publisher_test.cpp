#include "operator/local/publisher.hpp"

#include <chrono>
#include <filesystem>
#include <set>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "operator/local/admin_token.hpp"
#include "operator/local/files.hpp"

namespace mlgateway::local {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

const WallTime kNow{1'709'208'000s};  // 2024-02-29T12:00:00Z

class Folder : public testing::Test {
 protected:
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    root_ = fs::path(testing::TempDir()) / (std::string(test->name()) + "." + std::to_string(::getpid()));
    fs::create_directories(root_);
  }
  void TearDown() override { fs::remove_all(root_); }

  static mode_t mode(const fs::path& path) {
    struct stat info{};
    EXPECT_EQ(::stat(path.c_str(), &info), 0) << path;
    return info.st_mode & 0777u;
  }
  static std::set<std::string> names(const fs::path& folder) {
    std::set<std::string> found;
    for (const auto& entry : fs::directory_iterator(folder)) found.insert(entry.path().filename());
    return found;
  }

  fs::path root_;
};

using PublisherTest = Folder;

TEST_F(PublisherTest, SwitchesAsTheKubeletDoes) {
  Publisher publisher(root_ / "gateway");
  ASSERT_TRUE(publisher.open());
  ASSERT_TRUE(publisher.publish("one", kNow));
  EXPECT_EQ(fs::read_symlink(root_ / "gateway/..data"), "..2024_02_29_12_00_00.1");
  EXPECT_EQ(fs::read_symlink(root_ / "gateway/gateway.v1.json"), "..data/gateway.v1.json");
  EXPECT_EQ(*read_file(root_ / "gateway/gateway.v1.json", 100), "one");
  const auto again = publisher.publish("two", kNow);
  ASSERT_TRUE(again);
  EXPECT_TRUE(*again);
  EXPECT_EQ(*read_file(root_ / "gateway/gateway.v1.json", 100), "two");
  EXPECT_EQ(names(root_ / "gateway"), (std::set<std::string>{"..2024_02_29_12_00_00.2", "..data", "gateway.v1.json"}));
}

TEST_F(PublisherTest, WritesNothingWhenNothingChanged) {
  Publisher publisher(root_ / "gateway");
  ASSERT_TRUE(publisher.open());
  ASSERT_TRUE(publisher.publish("one", kNow));
  const auto before = fs::last_write_time(root_ / "gateway");
  const auto again = Publisher(root_ / "gateway").publish("one", kNow + 1h);
  ASSERT_TRUE(again);
  EXPECT_FALSE(*again);
  EXPECT_EQ(fs::last_write_time(root_ / "gateway"), before);
}

TEST_F(PublisherTest, ShowsTheConfigurationToItsOwnerOnly) {
  Publisher publisher(root_ / "gateway");
  ASSERT_TRUE(publisher.open());
  ASSERT_TRUE(publisher.publish("one", kNow));
  EXPECT_EQ(mode(root_ / "gateway"), 0700u);
  EXPECT_EQ(mode(root_ / "gateway/..data"), 0700u);
  EXPECT_EQ(mode(root_ / "gateway/gateway.v1.json"), 0600u);
}

TEST_F(PublisherTest, RemovesWhatACrashLeftBehind) {
  fs::create_directories(root_ / "gateway/..2020_01_01_00_00_00.1");
  fs::create_directory_symlink("nowhere", root_ / "gateway/..data_tmp");
  Publisher publisher(root_ / "gateway");
  ASSERT_TRUE(publisher.publish("one", kNow));
  EXPECT_EQ(names(root_ / "gateway"), (std::set<std::string>{"..2024_02_29_12_00_00.1", "..data", "gateway.v1.json"}));
}

using AdminTokenTest = Folder;

TEST_F(AdminTokenTest, IsMadeOnceForItsOwnerOnly) {
  const auto token = open_admin_token(root_ / "gateway.token");
  ASSERT_TRUE(token);
  EXPECT_EQ(token->size(), 64u);
  EXPECT_EQ(mode(root_ / "gateway.token"), 0600u);
  EXPECT_EQ(*open_admin_token(root_ / "gateway.token"), *token);
}

TEST_F(AdminTokenTest, IsMadeAnewWhenTheFileHoldsNone) {
  ASSERT_TRUE(write_file(root_ / "gateway.token", "", 0644));
  ASSERT_TRUE(open_admin_token(root_ / "gateway.token"));
  EXPECT_EQ(mode(root_ / "gateway.token"), 0600u);
}

using FilesTest = Folder;

TEST_F(FilesTest, AreNotReadBeyondTheirBound) {
  ASSERT_TRUE(write_file(root_ / "a", std::string(100, 'x'), 0600));
  EXPECT_TRUE(read_file(root_ / "a", 100));
  EXPECT_FALSE(read_file(root_ / "a", 99));
  EXPECT_FALSE(read_file(root_, 99)) << "a folder is no file";
  EXPECT_FALSE(read_file(root_ / "b", 99));
}

TEST_F(FilesTest, APipeInTheFolderHoldsNothingUp) {
  ASSERT_EQ(::mkfifo((root_ / "p.yaml").c_str(), 0600), 0);
  EXPECT_FALSE(read_file(root_ / "p.yaml", 99));
}

}  // namespace
}  // namespace mlgateway::local
