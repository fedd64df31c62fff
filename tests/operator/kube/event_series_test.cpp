#include "operator/kube/event_series.hpp"

#include <gtest/gtest.h>

#include "operator/kube/backoff.hpp"

namespace mlgateway::kube {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

const Instant kStart{1h};
const WallTime kWall{};

Event about(const std::string& name, const std::string& reason = "RouteConflict") {
  return {reference_to({{"kind", "MLRoute"}, {"metadata", {{"namespace", "models"}, {"name", name}, {"uid", "u"}}}}),
          "Warning", reason, "Accept", "the older route wins"};
}

EventSeries series(EventLimits limits = EventLimits()) {
  return EventSeries({"mlgateway.io/operator", "pod-1"}, limits);
}

TEST(Events, AreWrittenWithAllThatTheServerWants) {
  const auto requests = series().note(about("iris"), kStart, kWall);
  ASSERT_EQ(requests.size(), 1);
  EXPECT_EQ(requests[0].method, "POST");
  const json event = json::parse(requests[0].body);
  EXPECT_EQ(event["apiVersion"], "events.k8s.io/v1");
  EXPECT_EQ(event["eventTime"], "1970-01-01T00:00:00.000000Z");
  EXPECT_EQ(event["regarding"], (json{{"kind", "MLRoute"}, {"namespace", "models"}, {"name", "iris"}, {"uid", "u"}}));
  EXPECT_EQ(event["reportingController"], "mlgateway.io/operator");
  EXPECT_EQ(event["metadata"]["namespace"], "models");
}

TEST(Events, ThatRepeatAreCounted) {
  EventSeries events = series();
  const auto first = events.note(about("iris"), kStart, kWall);
  const auto second = events.note(about("iris"), kStart + 1s, kWall);
  ASSERT_EQ(second.size(), 1);
  EXPECT_EQ(second[0].method, "PATCH");
  EXPECT_EQ(json::parse(second[0].body)["series"]["count"], 2);
  for (int i = 2; i < 60; ++i) EXPECT_TRUE(events.note(about("iris"), kStart + i * 1s, kWall).empty()) << i;
  EXPECT_TRUE(events.due(kStart + 60s).empty());
  const auto due = events.due(kStart + 61s);
  ASSERT_EQ(due.size(), 1);
  EXPECT_EQ(json::parse(due[0].body)["series"]["count"], 60);
  EXPECT_TRUE(events.due(kStart + 200s).empty());
}

TEST(Events, AfterQuietAreNewOnes) {
  EventSeries events = series();
  static_cast<void>(events.note(about("iris"), kStart, kWall));
  EXPECT_EQ(events.note(about("iris"), kStart + 360s, kWall)[0].method, "POST");
}

TEST(Events, OfOneObjectMakeNoFlood) {
  EventSeries events = series();
  int written = 0;
  for (int i = 0; i < 1000; ++i) {
    written += static_cast<int>(events.note(about("iris", "R" + std::to_string(i)), kStart, kWall).size());
  }
  EXPECT_EQ(written, 25);
  EXPECT_EQ(events.dropped(), 975);
  EXPECT_EQ(events.note(about("other"), kStart, kWall).size(), 1);
}

TEST(Events, AreForgottenInTheOrderOfTheirSilence) {
  EventSeries events = series({.most_series = 2});
  static_cast<void>(events.note(about("a"), kStart, kWall));
  static_cast<void>(events.note(about("b"), kStart + 1s, kWall));
  static_cast<void>(events.note(about("c"), kStart + 2s, kWall));
  EXPECT_EQ(events.note(about("b"), kStart + 3s, kWall)[0].method, "PATCH");
  EXPECT_EQ(events.note(about("a"), kStart + 3s, kWall)[0].method, "POST");
}

TEST(Events, HaveNotesThatEndBetweenCharacters) {
  Event event = about("iris");
  event.note.clear();
  for (int i = 0; i < 1000; ++i) event.note += "é";
  const json written = json::parse(series().note(event, kStart, kWall)[0].body);
  const std::string note = written["note"];
  EXPECT_LE(note.size(), 1024);
  EXPECT_EQ(note.find("\xEF\xBF\xBD"), std::string::npos);
}

TEST(TokenBucket, MakesThoseWhoComeTooOftenWaitInTurn) {
  TokenBucket bucket(10, 2);
  EXPECT_EQ(bucket.reserve(kStart), 0ns);
  EXPECT_EQ(bucket.reserve(kStart), 0ns);
  EXPECT_EQ(bucket.reserve(kStart), 100ms);
  EXPECT_EQ(bucket.reserve(kStart), 200ms);
  EXPECT_EQ(bucket.reserve(kStart + 1h), 0ns);
}

TEST(Backoff, AddsUpToAsMuchByChanceAndNeverExceedsItsCap) {
  Backoff backoff;
  EXPECT_EQ(backoff.next(kStart, 0.5), 1200ms);
  for (int i = 0; i < 20; ++i) EXPECT_LE(backoff.next(kStart, 0.99), 30s);
}

}  // namespace
}  // namespace mlgateway::kube
