#include "sidecar/auth/token_memory.hpp"

#include <chrono>
#include <string>

#include <gtest/gtest.h>

#include "sidecar/config/digest.hpp"

namespace mlgateway::auth {
namespace {

using namespace std::chrono_literals;

const WallTime kNow{1'800'000'000s};

config::Digest key(int number) { return config::sha256(std::to_string(number)); }

IdentityPtr until(WallTime end, std::string name = "alice") {
  Identity identity;
  identity.name = std::move(name);
  identity.end = end;
  return std::make_shared<const Identity>(std::move(identity));
}

TEST(TokenMemory, RemembersATokenUntilItEnds) {
  TokenMemory memory;
  EXPECT_EQ(memory.find(key(1), kNow), nullptr);
  memory.remember(key(1), until(kNow + 10s));
  ASSERT_NE(memory.find(key(1), kNow + 10s - 1ms), nullptr);
  EXPECT_EQ(memory.find(key(1), kNow)->name, "alice");
  EXPECT_EQ(memory.find(key(1), kNow + 10s), nullptr);
  EXPECT_EQ(memory.find(key(2), kNow), nullptr);
  EXPECT_EQ(memory.numbers().hits, 2u);
}

TEST(TokenMemory, TakesTheNewerOfTwoJudgements) {
  TokenMemory memory;
  memory.remember(key(1), until(kNow + 10s, "alice"));
  memory.remember(key(1), until(kNow + 20s, "bob"));
  EXPECT_EQ(memory.find(key(1), kNow + 15s)->name, "bob");
  EXPECT_EQ(memory.numbers().tokens, 1u);
}

TEST(TokenMemory, KnowsWhoWasGoodUntilHeIsRefused) {
  TokenMemory memory;
  EXPECT_FALSE(memory.was_good(key(1)));
  memory.remember(key(1), until(kNow - 1s));
  EXPECT_TRUE(memory.was_good(key(1)));
  memory.remember(key(2), until(kNow + 10s));
  for (const int number : {1, 2, 3}) {
    memory.forget(key(number));
    EXPECT_FALSE(memory.was_good(key(number)));
    EXPECT_EQ(memory.find(key(number), kNow), nullptr);
  }
  memory.remember(key(2), until(kNow + 10s));
  EXPECT_NE(memory.find(key(2), kNow), nullptr);
}

TEST(TokenMemory, MakesRoomOfWhatIsForgotten) {
  TokenMemory memory(64);
  for (int i = 0; i < 1'000; ++i) {
    memory.remember(key(i), until(kNow + 10s));
    memory.forget(key(i));
  }
  EXPECT_LE(memory.numbers().tokens, 64u);
}

TEST(TokenMemory, NeverHoldsMoreThanItMay) {
  TokenMemory memory(64);
  for (int i = 0; i < 10'000; ++i) memory.remember(key(i), until(kNow + 10s));
  EXPECT_LE(memory.numbers().tokens, 64u);
  EXPECT_GE(memory.numbers().tokens, 32u);
}

TEST(TokenMemory, ForgetsThoseFirstWhomNobodyAsksFor) {
  TokenMemory memory(16 * 8);
  memory.remember(key(-1), until(kNow + 10s, "asked"));
  for (int i = 0; i < 5'000; ++i) {
    ASSERT_NE(memory.find(key(-1), kNow), nullptr) << i;
    memory.remember(key(i), until(kNow + 10s));
  }
}

TEST(TokenMemory, KeepsWhatIsInUseAlive) {
  TokenMemory memory(16);
  memory.remember(key(1), until(kNow + 10s));
  const IdentityPtr held = memory.find(key(1), kNow);
  for (int i = 2; i < 1000; ++i) memory.remember(key(i), until(kNow + 10s));
  EXPECT_EQ(held->name, "alice");
}

TEST(TokenKey, DependsOnTokenAndRules) {
  EXPECT_NE(token_key(key(1), key(2)), token_key(key(1), key(3)));
  EXPECT_NE(token_key(key(1), key(2)), token_key(key(4), key(2)));
  EXPECT_EQ(token_key(key(1), key(2)), token_key(key(1), key(2)));
}

}  // namespace
}  // namespace mlgateway::auth
