#include "sidecar/observe/access_log.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mlgateway::observe {
namespace {

using namespace std::chrono_literals;

class AccessLogFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "access_log_XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string path() const { return folder_ / "access.log"; }
  std::string content() const {
    std::ostringstream text;
    text << std::ifstream(path()).rdbuf();
    return text.str();
  }
  std::unique_ptr<AccessLog> opened() const { return std::move(*AccessLog::open(path())); }

  std::filesystem::path folder_;
};

long lines_in(std::string_view text) { return std::count(text.begin(), text.end(), '\n'); }

TEST_F(AccessLogFile, HoldsWhatWasFlushedOnceTheLogIsClosed) {
  auto log = opened();
  AccessWriter writer(*log);
  writer.write(AccessRecord{});
  writer.write(AccessRecord{});
  writer.flush();
  log.reset();
  EXPECT_EQ(lines_in(content()), 2);
}

TEST_F(AccessLogFile, HoldsWhatAWriterLeftBehind) {
  auto log = opened();
  {
    AccessWriter(*log).write(AccessRecord{});
  }
  log.reset();
  EXPECT_EQ(lines_in(content()), 1);
}

TEST_F(AccessLogFile, LosesNoLineOverManyBatchesOfTwoWriters) {
  auto log = opened();
  {
    AccessWriter one(*log);
    AccessWriter two(*log);
    for (int i = 0; i < 2000; ++i) {
      one.write(AccessRecord{});
      two.write(AccessRecord{});
    }
  }
  EXPECT_EQ(log->dropped(), 0u);
  log.reset();
  EXPECT_EQ(lines_in(content()), 4000);
}

TEST_F(AccessLogFile, IsAppendedTo) {
  std::ofstream(path()) << "before\n";
  auto log = opened();
  log->submit("after\n", 1);
  log.reset();
  EXPECT_EQ(content(), "before\nafter\n");
}

TEST_F(AccessLogFile, IsNotForEverybodyToRead) {
  const auto log = opened();
  struct stat info{};
  ASSERT_EQ(stat(path().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07, 0u);
}

TEST(AccessLog, SaysWhichFileCannotBeOpened) {
  const auto log = AccessLog::open("/nowhere/access.log");
  ASSERT_FALSE(log);
  EXPECT_EQ(log.error().message, "cannot open access log \"/nowhere/access.log\": No such file or directory");
}

TEST(AccessLog, WritesNothingWhenItIsOff) {
  const auto log = std::move(*AccessLog::open("off"));
  EXPECT_FALSE(log->enabled());
  AccessWriter writer(*log);
  writer.write(AccessRecord{});
  writer.flush();
  EXPECT_EQ(log->dropped(), 0u);
}

// /dev/full refuses every write as a full disk does; the descriptor shows the loss once the thread has met it.
TEST(AccessLog, CountsTheLinesOfAFullDisk) {
  auto log = std::move(*AccessLog::open("/dev/full", {.max_batches = 1, .close_wait = 10s}));
  log->submit("one\ntwo\n", 2);
  while (log->dropped() == 0) std::this_thread::yield();
  EXPECT_EQ(log->dropped(), 2u);
}

// A FIFO that nobody reads: the writing thread hangs in the first batch until the test takes something out.
class StuckReader {
 public:
  StuckReader() : path_(testing::TempDir() + "access_log_fifo_" + std::to_string(getpid())) {
    mkfifo(path_.c_str(), 0600);
    fd_ = ::open(path_.c_str(), O_RDWR | O_CLOEXEC);
  }
  ~StuckReader() {
    ::close(fd_);
    std::filesystem::remove(path_);
  }
  const std::string& path() const { return path_; }
  void take(std::size_t bytes) {
    std::string sink(4096, '\0');
    while (bytes > 0) bytes -= static_cast<std::size_t>(::read(fd_, sink.data(), std::min(bytes, sink.size())));
  }

 private:
  std::string path_;
  int fd_ = -1;
};

const std::string kMoreThanAPipeHolds = std::string(1 << 20, 'x') + "\n";

TEST(AccessLog, DropsTheNewestLinesWhenItsReaderIsStuck) {
  StuckReader reader;
  auto log = std::move(*AccessLog::open(reader.path(), {.max_batches = 2, .close_wait = 10s}));
  log->submit(kMoreThanAPipeHolds, 1);
  log->submit("kept\n", 1);
  EXPECT_EQ(log->dropped(), 0u);
  log->submit("a\nb\nc\n", 3);
  EXPECT_EQ(log->dropped(), 3u);
  reader.take(kMoreThanAPipeHolds.size() + 5);
}

TEST(AccessLog, ClosesInTimeThoughItsReaderIsStuck) {
  StuckReader reader;
  auto log = std::move(*AccessLog::open(reader.path(), {.max_batches = 2, .close_wait = 1ms}));
  log->submit(kMoreThanAPipeHolds, 1);
  log.reset();
}

}  // namespace
}  // namespace mlgateway::observe
