#include "sidecar/gateway/cache_status.hpp"

#include <gtest/gtest.h>

namespace mlgateway::gateway {
namespace {

using namespace std::chrono_literals;
using observe::CacheState;

std::string told(const Recall& recall, Instant now = {}) {
  std::string fields;
  append_cache_status(fields, recall, now);
  return fields;
}

Recall in_state(CacheState state) {
  Recall recall;
  recall.state = state;
  return recall;
}

TEST(CacheStatus, TellsAHitWithItsAgeAndWhatIsLeft) {
  auto answer = std::make_shared<cache::Answer>();
  answer->made = Instant{100s};
  answer->expires = Instant{160s};
  Recall recall = in_state(CacheState::Hit);
  recall.kept = answer;
  EXPECT_EQ(told(recall, Instant{123500ms}), "cache-status: mlgateway; hit; ttl=36\r\nage: 23\r\n");
}

TEST(CacheStatus, TellsWhyTheModelWasAsked) {
  EXPECT_EQ(told(in_state(CacheState::Miss)), "cache-status: mlgateway; fwd=miss\r\n");
  EXPECT_EQ(told(in_state(CacheState::Bypass)), "cache-status: mlgateway; fwd=bypass\r\n");
  EXPECT_EQ(told(in_state(CacheState::Collapsed)), "cache-status: mlgateway; fwd=miss; collapsed\r\n");
}

TEST(CacheStatus, TellsThatTheCallerWantedItSo) {
  Recall recall = in_state(CacheState::Bypass);
  recall.wishes.no_store = true;
  EXPECT_EQ(told(recall), "cache-status: mlgateway; fwd=request\r\n");
  recall = in_state(CacheState::Miss);
  recall.wishes.no_cache = true;
  EXPECT_EQ(told(recall), "cache-status: mlgateway; fwd=request\r\n");
}

TEST(CacheStatus, TellsThatTheAnswerIsKept) {
  Recall recall = in_state(CacheState::Miss);
  recall.kept_by_this = true;
  EXPECT_EQ(told(recall), "cache-status: mlgateway; fwd=miss; stored\r\n");
}

}  // namespace
}  // namespace mlgateway::gateway
