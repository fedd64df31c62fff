#include "sidecar/cache/kept_answer.hpp"

#include <gtest/gtest.h>

namespace mlgateway::cache {
namespace {

using namespace std::chrono_literals;
using config::Protocol;

constexpr Instant kNow = Instant{} + 1h;
constexpr Keeping kKeeping{.share = true, .store = true, .ttl = 60s, .age = 0s};

TEST(KeptAnswer, IsGoodFromNowForItsTime) {
  const AnswerPtr answer = kept_answer(200, "Server: m\r\n", "{}", kKeeping, Protocol::KServeV1, kNow);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->fields, "Server: m\r\n");
  EXPECT_EQ(answer->body, "{}");
  EXPECT_EQ(answer->made, kNow);
  EXPECT_EQ(answer->expires, kNow + 60s);
}

TEST(KeptAnswer, CountsTheAgeThatItCameWithAndLeavesItsFieldOut) {
  Keeping keeping = kKeeping;
  keeping.age = 20s;
  const AnswerPtr answer =
      kept_answer(200, "Via: x\r\nAGE: 20\r\nAge: 5\r\nX-Age: 1\r\n", "{}", keeping, Protocol::KServeV1, kNow);
  EXPECT_EQ(answer->fields, "Via: x\r\nX-Age: 1\r\n");
  EXPECT_EQ(answer->made, kNow - 20s);
  EXPECT_EQ(answer->expires, kNow + 60s);
}

TEST(KeptAnswer, KnowsThePlaceOfItsIdInV2Only) {
  EXPECT_TRUE(kept_answer(200, {}, R"({"id":"1"})", kKeeping, Protocol::OpenInferenceV2, kNow)->id);
  EXPECT_FALSE(kept_answer(200, {}, R"({"id":"1"})", kKeeping, Protocol::OpenAI, kNow)->id);
}

}  // namespace
}  // namespace mlgateway::cache
