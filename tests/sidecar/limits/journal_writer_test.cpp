// What the writer brings to the file, step by step; the end of a process without close() is the end of the writer.
#include "sidecar/limits/journal_writer.hpp"

#include <algorithm>
#include <csignal>
#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "tests/sidecar/limits/spending.hpp"
#include "tests/sidecar/limits/state_folder.hpp"

namespace mlgateway::limits {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kNever = 1ull << 60;
// More than one step of compaction takes, and than may wait for a disk.
constexpr int kManyAccounts = 20'000;
std::string one_of_many(int number) { return "owner " + std::to_string(number) + std::string(400, '.'); }

// A process's journal, without its thread.
class Writing {
 public:
  Writing(const StateFolder& state, Spending& spending, std::uint64_t compact_from = kNever)
      : folder_(JournalFolder::open(state.path())) {
    const bool there = std::filesystem::exists(state.journal());
    auto file = there ? JournalFile::open(state.journal()) : JournalFile::create(state.journal());
    const auto restore = [&](const AccountImage& image) { spending.ledger().restore(image, kStart, kWallStart); };
    const auto reading = file->read(restore);
    EXPECT_TRUE(reading);
    EXPECT_EQ(reading->torn_bytes, 0u);
    writer_ = std::make_unique<JournalWriter>(*folder_, std::move(*file), spending.ledger(), compact_from);
    step();
  }
  bool step(Instant now = kStart) { return writer_->step(now, kWallStart + (now - kStart)); }
  void finish_compaction() {
    while (step()) {
    }
  }
  const JournalWriter& writer() const { return *writer_; }

 private:
  Result<JournalFolder> folder_;
  std::unique_ptr<JournalWriter> writer_;
};

Uses restored(const StateFolder& state) {
  Spending spending;
  const Writing writing(state, spending);
  return spending.uses();
}

TEST(JournalWriter, BringsUseOverARestart) {
  const StateFolder state;
  Spending spending;
  {
    Writing writing(state, spending);
    spending.spend("alice", 7);
    spending.spend("bob", 3);
    spending.spend("alice", 1);
    EXPECT_FALSE(writing.step());
    EXPECT_EQ(writing.writer().last_write(), kWallStart);
  }
  EXPECT_EQ(restored(state), (Uses{{"alice", 8}, {"bob", 3}}));
}

TEST(JournalWriter, LosesNoMoreThanWhatItsLastStepHasNotSeen) {
  const StateFolder state;
  Spending spending;
  {
    Writing writing(state, spending);
    for (int i = 0; i < 100; ++i) {
      spending.spend("alice", 1);
      writing.step();
    }
    spending.spend("alice", 1);
    spending.spend("late", 1);
  }
  EXPECT_EQ(restored(state), (Uses{{"alice", 100}}));
}

TEST(JournalWriter, CountsWhatIsReservedAsUsedForTheProcessMayDieOfIt) {
  const StateFolder state;
  Spending spending;
  Reservation open;
  {
    Writing writing(state, spending);
    open = spending.reserve("alice", 7);
    writing.step();
  }
  EXPECT_EQ(restored(state), (Uses{{"alice", 7}}));
}

TEST(JournalWriter, BringsBackWhatWasGivenBack) {
  const StateFolder state;
  Spending spending;
  {
    Writing writing(state, spending);
    Reservation reservation = spending.reserve("alice", 7);
    writing.step();
    reservation.give_back();
    writing.step();
  }
  EXPECT_EQ(restored(state), Uses{});
}

TEST(JournalWriter, WritesNothingWhenNothingChanged) {
  const StateFolder state;
  Spending spending;
  Writing writing(state, spending);
  spending.spend("alice", 7);
  writing.step();
  const std::string before = state.bytes();
  for (int i = 0; i < 5; ++i) writing.step(kStart + i * 250ms);
  EXPECT_EQ(state.bytes(), before);
}

TEST(JournalWriter, MakesTheFileShortAgainAndLosesNothing) {
  const StateFolder state;
  Spending spending;
  Uses expected;
  {
    Writing writing(state, spending, 5'000);
    for (int round = 0; round < 500; ++round) {
      const std::string owner = "owner " + std::to_string(round % 20);
      spending.spend(owner, round + 1);
      expected[owner] += round + 1;
      writing.step();
      ASSERT_LT(writing.writer().bytes(), 7'000u);
    }
    EXPECT_EQ(writing.writer().bytes(), state.bytes().size());
    EXPECT_EQ(writing.writer().write_errors(), 0u);
  }
  EXPECT_EQ(restored(state), expected);
  EXPECT_FALSE(std::filesystem::exists(state.next()));
}

TEST(JournalWriter, LetsTheFileGrowToTwiceWhatAllAccountsTake) {
  const StateFolder state;
  Spending spending;
  Writing writing(state, spending, 1);
  for (int i = 0; i < 20; ++i) spending.spend("owner " + std::to_string(i), 1);
  writing.finish_compaction();
  const std::uint64_t all = writing.writer().bytes();
  std::uint64_t most = 0;
  for (int i = 0; i < 100; ++i) {
    spending.spend("owner 0", 1);
    writing.step();
    most = std::max(most, writing.writer().bytes());
  }
  EXPECT_GT(most, 2 * all - 200);
  EXPECT_LE(most, 2 * all);
}

// So many accounts take several steps to be written: a crash after any of them finds one file or the other.
TEST(JournalWriter, LosesNothingThatChangesWhileTheFileIsReplaced) {
  Spending spending;
  Uses expected;
  const StateFolder state;
  int steps = 0;
  Writing writing(state, spending, 1);
  const auto spend = [&](const std::string& owner) {
    spending.spend(owner, 5);
    expected[owner] += 5;
  };
  for (int i = 0; i < kManyAccounts; ++i) spend(one_of_many(i));
  for (bool more = true; more; ++steps) {
    spend(one_of_many(0));
    spend(one_of_many(kManyAccounts - 1));
    spend("new in step " + std::to_string(steps));
    more = writing.step();
    const StateFolder crashed;
    crashed.write(state.bytes());
    ASSERT_EQ(restored(crashed), expected) << steps;
  }
  EXPECT_GT(steps, 2);
  EXPECT_EQ(writing.writer().write_errors(), 0u);
  spend("after");
  writing.step();
  EXPECT_LT(state.bytes().size(), 600u * kManyAccounts) << "the file was not replaced";
  const StateFolder crashed;
  crashed.write(state.bytes());
  EXPECT_EQ(restored(crashed), expected);
}

TEST(JournalWriter, LeavesTheFileThatWasWhenItEndsInTheMiddle) {
  Spending spending;
  const StateFolder state;
  {
    Writing writing(state, spending, 1);
    for (int i = 0; i < kManyAccounts; ++i) spending.spend(one_of_many(i), 1);
    ASSERT_TRUE(writing.step());
    EXPECT_TRUE(std::filesystem::exists(state.next()));
  }
  EXPECT_FALSE(std::filesystem::exists(state.next()));
  EXPECT_EQ(restored(state).size(), std::size_t{kManyAccounts});
}

TEST(JournalWriter, ForgetsAccountsThatAreIdleWhenTheFileIsReplaced) {
  const StateFolder state;
  Spending spending;
  Writing writing(state, spending, 10'000);
  for (int i = 0; i < 200; ++i) spending.spend("owner " + std::to_string(i), 1);
  writing.step();
  const Instant later = kStart + 50h;
  for (int i = 0; i < 400; ++i) spending.spend("alice", 1, later);
  for (int i = 0; i < 10; ++i) writing.step(later);
  spending.spend("bob", 1, later);
  for (int i = 0; i < 200; ++i) {
    spending.spend("alice", 1, later);
    writing.step(later);
  }
  EXPECT_LT(writing.writer().bytes(), 22'000u);
  EXPECT_EQ(spending.uses(later).size(), 2u);
}

// While it lives no file may grow beyond so many bytes, as on a disk that is full.
class FullDisk {
 public:
  explicit FullDisk(std::uint64_t bytes) : before_signal_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, before_signal_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  void (*before_signal_)(int);
  rlimit before_{};
};

TEST(JournalWriter, TriesAgainWhatAFullDiskRefused) {
  const StateFolder state;
  Spending spending;
  {
    Writing writing(state, spending);
    spending.spend("alice", 1);
    writing.step();
    const std::string before = state.bytes();
    {
      const FullDisk full(before.size() + 30);
      for (int i = 1; i <= 3; ++i) {
        spending.spend("alice", 1);
        spending.spend("bob", 1);
        writing.step();
        EXPECT_EQ(writing.writer().write_errors(), static_cast<std::uint64_t>(i));
      }
      EXPECT_EQ(state.bytes(), before);
    }
    writing.step();
    EXPECT_EQ(writing.writer().write_errors(), 3u);
  }
  EXPECT_EQ(restored(state), (Uses{{"alice", 4}, {"bob", 3}}));
}

TEST(JournalWriter, WritesEverybodyAnewWhenTooMuchCouldNotBeWritten) {
  const StateFolder state;
  Spending spending;
  {
    Writing writing(state, spending);
    {
      const FullDisk full(100);
      for (int i = 0; i < kManyAccounts; ++i) spending.spend(one_of_many(i), 1);
      writing.step();
      EXPECT_GT(writing.writer().write_errors(), 0u);
      EXPECT_LE(state.bytes().size(), 100u);
    }
    writing.step(kStart + 31s);
    writing.finish_compaction();
  }
  EXPECT_EQ(restored(state).size(), std::size_t{kManyAccounts});
}

TEST(JournalWriter, KeepsTheFileThatIsTooLongWhenThereIsNoRoomForAnother) {
  const StateFolder state;
  Spending spending;
  std::filesystem::create_directories(state.next() / "in the way");
  Writing writing(state, spending, 1);
  spending.spend("alice", 7);
  EXPECT_FALSE(writing.step());
  const auto errors = writing.writer().write_errors();
  EXPECT_GT(errors, 0u);
  spending.spend("bob", 3);
  EXPECT_FALSE(writing.step(kStart + 1s));
  EXPECT_EQ(writing.writer().write_errors(), errors) << "tried again too soon";
  std::filesystem::remove_all(state.next());
  writing.step(kStart + 61s);
  EXPECT_EQ(writing.writer().write_errors(), errors);
  EXPECT_EQ(writing.writer().bytes(), state.bytes().size());
}

TEST(JournalWriter, WritesANewFileWhenSomebodyRemovedTheOldOne) {
  const StateFolder state;
  Spending spending;
  {
    Writing writing(state, spending);
    spending.spend("alice", 7);
    writing.step();
    std::filesystem::remove(state.journal());
    spending.spend("bob", 3);
    writing.step();
    writing.finish_compaction();
  }
  EXPECT_EQ(restored(state), (Uses{{"alice", 7}, {"bob", 3}}));
}

TEST(JournalWriter, SurvivesTheLossOfItsDirectory) {
  const StateFolder state;
  Spending spending;
  Writing writing(state, spending);
  std::filesystem::remove_all(state.path());
  for (int i = 0; i < 10; ++i) {
    spending.spend("alice", 7);
    EXPECT_FALSE(writing.step());
  }
  EXPECT_GT(writing.writer().write_errors(), 0u);
  EXPECT_EQ(spending.uses(), (Uses{{"alice", 70}}));
}

}  // namespace
}  // namespace mlgateway::limits
