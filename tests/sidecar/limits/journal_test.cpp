#include "sidecar/limits/journal.hpp"

#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "sidecar/limits/record.hpp"
#include "tests/sidecar/limits/account_images.hpp"
#include "tests/sidecar/limits/spending.hpp"
#include "tests/sidecar/limits/state_folder.hpp"

namespace mlgateway::limits {
namespace {

using namespace std::chrono_literals;

Result<std::unique_ptr<Journal>> open(const StateFolder& state, Spending& spending, Instant now = kStart,
                                      WallTime wall = kWallStart) {
  return Journal::open(state.path(), spending.ledger(), now, wall);
}

TEST(Journal, BeginsWithNothingInADirectoryThatItMakes) {
  const StateFolder state;
  Spending spending;
  const auto journal = open(state, spending);
  ASSERT_TRUE(journal) << journal.error().message;
  EXPECT_TRUE(std::filesystem::exists(state.journal()));
  EXPECT_EQ((*journal)->numbers().restored, 0u);
  EXPECT_EQ((*journal)->numbers().bytes, kHeaderBytes);
  EXPECT_EQ((*journal)->numbers().last_write, std::nullopt);
}

TEST(Journal, LosesNothingAtACleanEndHoweverOftenItIsRestarted) {
  const StateFolder state;
  for (int run = 1; run <= 10; ++run) {
    Spending spending;
    const auto journal = open(state, spending);
    ASSERT_TRUE(journal);
    EXPECT_EQ(spending.uses()["alice"], run - 1);
    spending.spend("alice", 1);
    spending.spend("guest " + std::to_string(run), 1);
    EXPECT_EQ(spending.uses().size(), 1u + run);
    (*journal)->close();
    EXPECT_EQ((*journal)->numbers().write_errors, 0u);
    EXPECT_TRUE((*journal)->numbers().last_write);
  }
}

TEST(Journal, WritesBeforeALongTimeIsOver) {
  const StateFolder state;
  Spending spending;
  const auto journal = open(state, spending);
  ASSERT_TRUE(journal);
  spending.spend("alice", 1);
  const auto patience = std::chrono::steady_clock::now() + 20s;
  while (!(*journal)->numbers().last_write && std::chrono::steady_clock::now() < patience) std::this_thread::yield();
  EXPECT_TRUE((*journal)->numbers().last_write);
}

TEST(Journal, HoldsTheBudgetForTheTimeThatIsLeftOfIt) {
  const StateFolder state;
  {
    Spending spending;
    const auto journal = open(state, spending);
    ASSERT_TRUE(journal);
    spending.spend("alice", 5);
  }
  // The process's own clock may begin anywhere.
  const Instant other{3h};
  Spending before, after;
  const WallTime wrote = std::chrono::system_clock::now();
  {
    const auto journal = open(state, before, other, wrote + 23h);
    ASSERT_TRUE(journal);
    EXPECT_EQ(before.uses(other)["alice"], 5);
  }
  const auto journal = open(state, after, other, wrote + 25h);
  ASSERT_TRUE(journal);
  EXPECT_EQ(after.uses(other).count("alice"), 0u);
}

TEST(Journal, HoldsTheWholeWindowWhenTheClockWentBack) {
  const StateFolder state;
  {
    Spending spending;
    const auto journal = open(state, spending);
    ASSERT_TRUE(journal);
    spending.spend("alice", 5);
  }
  Spending spending;
  const auto journal = open(state, spending, kStart, std::chrono::system_clock::now() - 24h * 365);
  ASSERT_TRUE(journal);
  EXPECT_EQ(spending.uses(kStart + 23h)["alice"], 5);
  EXPECT_EQ(spending.uses(kStart + 25h).count("alice"), 0u);
}

TEST(Journal, ReportsATearAndGoesOnBehindIt) {
  const StateFolder state;
  {
    Spending spending;
    const auto journal = open(state, spending);
    ASSERT_TRUE(journal);
    spending.spend("alice", 5);
  }
  state.write(state.bytes() + "torn");
  for (const char* guest : {"bob", "carol"}) {
    Spending spending;
    const auto journal = open(state, spending);
    ASSERT_TRUE(journal);
    EXPECT_EQ((*journal)->numbers().torn_bytes, guest == std::string("bob") ? 4u : 0u);
    spending.spend(guest, 1);
  }
  Spending spending;
  ASSERT_TRUE(open(state, spending));
  EXPECT_EQ(spending.uses(), (Uses{{"alice", 5}, {"bob", 1}, {"carol", 1}}));
}

TEST(Journal, BeginsAnewWhereNotEvenTheHeaderWasWritten) {
  for (const std::string& begun : {std::string(), journal_header().substr(0, 9)}) {
    const StateFolder state;
    state.write(begun);
    {
      Spending spending;
      const auto journal = open(state, spending);
      ASSERT_TRUE(journal);
      EXPECT_EQ((*journal)->numbers().torn_bytes, begun.size());
      spending.spend("alice", 5);
    }
    Spending spending;
    ASSERT_TRUE(open(state, spending));
    EXPECT_EQ(spending.uses(), (Uses{{"alice", 5}}));
  }
}

TEST(Journal, RefusesToForgetWhatAnotherFormatTells) {
  const StateFolder state;
  const std::string other("mlgwqjrn\x02\0\0\0 and what we cannot read", 36);
  state.write(other);
  Spending spending;
  const auto journal = open(state, spending);
  ASSERT_FALSE(journal);
  EXPECT_EQ(journal.error().reason, Reason::InvalidConfig);
  EXPECT_EQ(state.bytes(), other);
}

TEST(Journal, RefusesADirectoryOfAnotherProcessUntilThatEnds) {
  const StateFolder state;
  Spending first, second;
  {
    const auto journal = open(state, first);
    ASSERT_TRUE(journal);
    const auto refused = open(state, second);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("in use by another process"), std::string::npos);
  }
  EXPECT_TRUE(open(state, second));
}

TEST(Journal, RefusesAFileThatItCannotOpen) {
  const StateFolder state;
  std::filesystem::create_directories(state.journal());
  Spending spending;
  const auto journal = open(state, spending);
  ASSERT_FALSE(journal);
  EXPECT_NE(journal.error().message.find("Is a directory"), std::string::npos);
}

TEST(Journal, MakesALongFileShortWhileRequestsAreCharged) {
  const StateFolder state;
  // Twelve megabytes of the same few accounts.
  std::string bytes = journal_header();
  while (bytes.size() < (12u << 20)) {
    for (int number = 1; number < 10; ++number) append_record(bytes, account_image(number));
  }
  state.write(bytes);
  constexpr int kThreads = 3, kRounds = 4000;
  {
    Spending spending;
    const auto journal = open(state, spending, std::chrono::steady_clock::now(), std::chrono::system_clock::now());
    ASSERT_TRUE(journal);
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&spending, thread] {
        for (int round = 0; round < kRounds; ++round) {
          const std::string guest = std::to_string(thread) + "/" + std::to_string(round % 50);
          spending.spend(round % 2 == 0 ? "alice" : guest, 1, std::chrono::steady_clock::now());
        }
      });
    }
    threads.clear();
    const auto patience = std::chrono::steady_clock::now() + 20s;
    while ((*journal)->numbers().bytes > (1u << 20) && std::chrono::steady_clock::now() < patience) {
      std::this_thread::yield();
    }
    EXPECT_LT((*journal)->numbers().bytes, 1u << 20);
  }
  Spending spending;
  const auto now = std::chrono::steady_clock::now();
  ASSERT_TRUE(open(state, spending, now, std::chrono::system_clock::now()));
  Uses uses = spending.uses(now);
  EXPECT_EQ(uses["alice"], kThreads * kRounds / 2);
  Amount guests = 0;
  for (const auto& [owner, amount] : uses) guests += owner.find('/') != std::string::npos ? amount : 0;
  EXPECT_EQ(guests, kThreads * kRounds / 2);
}

}  // namespace
}  // namespace mlgateway::limits
