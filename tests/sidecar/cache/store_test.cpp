#include "sidecar/cache/store.hpp"

#include <array>
#include <cstring>
#include <map>
#include <random>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace mlgateway::cache {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kBudget = 1u << 20;
constexpr std::size_t kBody = 1000;
constexpr Instant kNow = Instant{} + 1h;

Key key(std::uint64_t number) {
  Key key{};
  std::memcpy(key.data(), &number, sizeof number);
  return key;
}
Key tag(std::uint8_t number) {
  Key tag{};
  tag.back() = number;
  return tag;
}

using Tags = std::vector<Key>;

AnswerPtr answer(std::string body, Instant expires = kNow + 1h) {
  auto made = std::make_shared<Answer>();
  made->status = 200;
  made->body = std::move(body);
  made->made = kNow;
  made->expires = expires;
  return made;
}

class StoreTest : public testing::Test {
 public:
  void SetUp() override { store_.retain(Tags{tag(1)}, kBudget); }
  bool keep(std::uint64_t number, std::size_t size = kBody) {
    return store_.insert(key(number), tag(1), answer(std::string(size, 'x')), kNow);
  }
  bool has(std::uint64_t number) { return store_.find(key(number), kNow) != nullptr; }

  Store store_{kBudget};
};

TEST_F(StoreTest, FindsWhatItKeeps) {
  const AnswerPtr kept = answer("prediction");
  EXPECT_TRUE(store_.insert(key(1), tag(1), kept, kNow));
  EXPECT_EQ(store_.find(key(1), kNow), kept);
  EXPECT_EQ(store_.find(key(2), kNow), nullptr);
}

TEST_F(StoreTest, FindsNothingThatIsOver) {
  store_.insert(key(1), tag(1), answer("x", kNow + 10s), kNow);
  EXPECT_NE(store_.find(key(1), kNow + 10s - 1ns), nullptr);
  EXPECT_EQ(store_.find(key(1), kNow + 10s), nullptr);
  EXPECT_EQ(store_.numbers().entries, 0u);
  EXPECT_EQ(store_.numbers().bytes, 0u);
}

TEST_F(StoreTest, KeepsNothingThatIsOverAlready) {
  EXPECT_FALSE(store_.insert(key(1), tag(1), answer("x", kNow), kNow));
  EXPECT_EQ(store_.numbers().entries, 0u);
}

TEST_F(StoreTest, ReplacesAnOlderAnswer) {
  keep(1);
  const AnswerPtr newer = answer("newer");
  EXPECT_TRUE(store_.insert(key(1), tag(1), newer, kNow));
  EXPECT_EQ(store_.find(key(1), kNow), newer);
  EXPECT_EQ(store_.numbers().entries, 1u);
}

TEST_F(StoreTest, KeepsNoAnswerLargerThanAnEighthOfTheBudget) {
  EXPECT_FALSE(keep(1, kBudget / 8));
  EXPECT_TRUE(keep(2, kBudget / 8 - 1000));
}

TEST_F(StoreTest, KeepsNothingUnderATagThatIsNotLive) {
  EXPECT_FALSE(store_.insert(key(1), tag(2), answer("x"), kNow));
  EXPECT_FALSE(Store(kBudget).insert(key(1), tag(1), answer("x"), kNow));
}

TEST_F(StoreTest, DropsOnlyTheTagsThatAConfigurationNoLongerHas) {
  store_.retain(Tags{tag(1), tag(2)}, kBudget);
  keep(1);
  store_.insert(key(2), tag(2), answer("x"), kNow);
  store_.retain(Tags{tag(2), tag(3)}, kBudget);
  EXPECT_FALSE(has(1));
  EXPECT_TRUE(has(2));
  EXPECT_FALSE(keep(1));
  EXPECT_EQ(store_.numbers().entries, 1u);
}

TEST_F(StoreTest, ShrinksToASmallerBudgetAtOnce) {
  for (std::uint64_t i = 0; i < 500; ++i) keep(i);
  store_.retain(Tags{tag(1)}, kBudget / 4);
  EXPECT_LE(store_.numbers().bytes, kBudget / 4);
  EXPECT_GT(store_.numbers().entries, 100u);
  store_.retain(Tags{tag(1)}, 0);
  EXPECT_EQ(store_.numbers().bytes, 0u);
}

TEST_F(StoreTest, CountsMoreThanTheBodies) {
  keep(1);
  const std::uint64_t one = store_.numbers().bytes;
  EXPECT_GT(one, kBody + sizeof(Answer) + sizeof(Key));
  EXPECT_LT(one, kBody + 600);
  keep(2);
  EXPECT_EQ(store_.numbers().bytes, 2 * one);
}

TEST_F(StoreTest, KeepsTheHotSetThroughAScanOfAHundredTimesItsSize) {
  constexpr std::uint64_t kHot = 300;
  for (std::uint64_t i = 0; i < kHot; ++i) keep(i);
  for (std::uint64_t i = 0; i < kHot; ++i) EXPECT_TRUE(has(i));
  for (std::uint64_t i = 0; i < 100 * kHot; ++i) keep(1'000'000 + i);
  std::uint64_t left = 0;
  for (std::uint64_t i = 0; i < kHot; ++i) left += has(i) ? 1 : 0;
  EXPECT_EQ(left, kHot);
  EXPECT_GT(store_.numbers().evictions, 90 * kHot);
}

TEST_F(StoreTest, TakesAKeyBackThatItPushedOutTooEarly) {
  for (std::uint64_t i = 0; i < 2000; ++i) keep(i);
  std::uint64_t forgotten = 0;
  for (std::uint64_t i = 2000; i-- > 0 && forgotten == 0;) forgotten = has(i) ? 0 : i;
  ASSERT_GT(forgotten, 0u);
  keep(forgotten);
  for (std::uint64_t i = 0; i < 2000; ++i) keep(10'000 + i);
  EXPECT_TRUE(has(forgotten));
}

TEST_F(StoreTest, MakesRoomAlsoWhereEverythingIsInUse) {
  for (std::uint64_t i = 0; i < 3000; ++i) {
    keep(i);
    for (int uses = 0; uses < 4; ++uses) has(i);
  }
  EXPECT_TRUE(has(2999));
  EXPECT_LE(store_.numbers().bytes, kBudget);
}

TEST_F(StoreTest, PushesOutWhatIsOverBeforeWhatIsNot) {
  for (std::uint64_t i = 0; i < 300; ++i)
    store_.insert(key(i), tag(1), answer(std::string(kBody, 'x'), kNow + 1s), kNow);
  for (std::uint64_t i = 0; i < 300; ++i) has(i);
  for (std::uint64_t i = 1000; i < 1700; ++i) {
    store_.insert(key(i), tag(1), answer(std::string(kBody, 'x')), kNow + 2s);
  }
  for (std::uint64_t i = 1000; i < 1600; ++i) EXPECT_NE(store_.find(key(i + 100), kNow + 2s), nullptr) << i;
}

// What may be found: the answer that was kept last, unless it is over or its tag is not live.
TEST_F(StoreTest, NeverShowsWhatASimpleReferenceDoesNotHave) {
  struct Kept {
    std::uint8_t tag;
    AnswerPtr answer;
  };
  for (unsigned seed = 0; seed < 20; ++seed) {
    std::mt19937 random(seed);
    Store store(kBudget);
    std::uint64_t budget = kBudget;
    std::array<bool, 4> live{true, true, false, false};
    store.retain(Tags{tag(0), tag(1)}, budget);
    std::map<std::uint64_t, Kept> reference;
    Instant now = kNow;
    std::uint64_t found = 0;
    for (int step = 0; step < 20'000; ++step) {
      const std::uint64_t number = random() % (random() % 4 == 0 ? 5000 : 300);
      const auto what = random() % 1000;
      now += std::chrono::milliseconds(random() % 20);
      if (what < 500) {
        const AnswerPtr hit = store.find(key(number), now);
        if (!hit) continue;
        ++found;
        const auto known = reference.find(number);
        ASSERT_NE(known, reference.end());
        ASSERT_EQ(known->second.answer, hit);
        ASSERT_TRUE(live[known->second.tag]);
        ASSERT_LT(now, hit->expires);
      } else if (what < 998) {
        const auto file = static_cast<std::uint8_t>(random() % 4);
        const std::size_t size = random() % 50 == 0 ? 300'000 : random() % 5000;
        const AnswerPtr made = answer(std::string(size, 'x'), now + std::chrono::seconds(random() % 200));
        const bool kept = store.insert(key(number), tag(file), made, now);
        ASSERT_EQ(kept, live[file] && size < budget / kLargestShare - 500 && now < made->expires) << size;
        if (kept) reference[number] = {file, made};
      } else {
        std::vector<Key> tags;
        for (std::size_t file = 0; file < live.size(); ++file) {
          live[file] = random() % 2 == 0;
          if (live[file]) tags.push_back(tag(static_cast<std::uint8_t>(file)));
        }
        budget = random() % 2 == 0 ? kBudget : kBudget / 2;
        store.retain(tags, budget);
        std::erase_if(reference, [&](const auto& each) { return !live[each.second.tag]; });
      }
      ASSERT_LE(store.numbers().bytes, budget);
    }
    EXPECT_GT(found, 100u) << seed;
  }
}

TEST_F(StoreTest, ServesManyThreadsAtOnce) {
  std::vector<std::jthread> threads;
  for (unsigned seed = 0; seed < 4; ++seed) {
    threads.emplace_back([this, seed] {
      std::mt19937 random(seed);
      for (int step = 0; step < 10'000; ++step) {
        const std::uint64_t number = random() % 3000;
        if (const AnswerPtr hit = store_.find(key(number), kNow)) {
          EXPECT_EQ(hit->body, std::to_string(number) + std::string(kBody, 'x'));
        } else {
          store_.insert(key(number), tag(1), answer(std::to_string(number) + std::string(kBody, 'x')), kNow);
        }
        if (step % 5000 == 0) store_.retain(Tags{tag(1)}, kBudget);
      }
    });
  }
  threads.clear();
  EXPECT_LE(store_.numbers().bytes, kBudget);
}

}  // namespace
}  // namespace mlgateway::cache
