#include "operator/kube/watch_machine.hpp"

#include <gtest/gtest.h>

namespace mlgateway::kube {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

const Instant kStart{1h};

json object(const std::string& name, const std::string& version) {
  return {{"metadata", {{"namespace", "models"}, {"name", name}, {"resourceVersion", version}}}};
}

std::string event(const std::string& type, const json& object) {
  return json{{"type", type}, {"object", object}}.dump() + "\n";
}

std::string error_event(int code, const std::string& reason) {
  return event("ERROR", {{"kind", "Status"}, {"code", code}, {"reason", reason}});
}

// A machine, and the time as it passes; the dice always show 0.
struct Watching {
  WatchMachine machine;
  Instant now = kStart;

  WatchAction next() { return machine.next(now, 0); }
  std::vector<Delta> page(std::vector<json> items, std::string version, std::string more = "") {
    return machine.on_page({std::move(items), std::move(version), std::move(more)}, now, 0);
  }
  std::vector<Delta> bytes(const std::string& text) { return machine.on_bytes(text, now, 0); }
  void fail(int code, const std::string& retry_after = "") {
    machine.on_fault(fault_from(code, retry_after, ""), now, 0);
  }
  // Waits for as long as the machine wants to.
  std::chrono::milliseconds rest() {
    const auto action = next();
    const auto* const wait = std::get_if<WaitUntil>(&action);
    if (!wait) return 0ms;
    const auto time = std::chrono::duration_cast<std::chrono::milliseconds>(wait->when - now);
    now = wait->when;
    return time;
  }
  Watching& opened() {
    static_cast<void>(page({object("a", "5")}, "10"));
    machine.on_opened(now);
    now += 5s;
    return *this;
  }
  bool lists() { return std::holds_alternative<ListPage>(next()); }
  bool reads() { return std::holds_alternative<ReadWatch>(next()); }
  std::string watches_from() {
    const auto action = next();
    const auto* const watch = std::get_if<OpenWatch>(&action);
    return watch ? watch->resource_version : "does not watch";
  }
};

TEST(Watch, ListsInPagesAndReplacesAllAtOnce) {
  Watching w;
  EXPECT_EQ(std::get<ListPage>(w.next()).continue_token, "");
  EXPECT_TRUE(w.page({object("a", "5")}, "10", "more").empty());
  EXPECT_EQ(std::get<ListPage>(w.next()).continue_token, "more");
  const auto deltas = w.page({object("b", "6")}, "10");
  ASSERT_EQ(deltas.size(), 1);
  EXPECT_EQ(std::get<Replaced>(deltas[0]).objects.size(), 2);
  EXPECT_EQ(w.watches_from(), "10");
}

TEST(Watch, SpreadsItsEnds) {
  Watching w;
  static_cast<void>(w.page({}, "10"));
  EXPECT_EQ(std::get<OpenWatch>(w.machine.next(kStart, 0)).timeout, 300s);
  EXPECT_EQ(std::get<OpenWatch>(w.machine.next(kStart, 0.5)).timeout, 450s);
}

TEST(Watch, TellsOfEachEvent) {
  Watching w;
  w.opened();
  const auto deltas = w.bytes(event("ADDED", object("b", "11")) + event("MODIFIED", object("a", "12")) +
                              event("DELETED", object("a", "13")));
  ASSERT_EQ(deltas.size(), 3);
  EXPECT_EQ(std::get<Put>(deltas[0]).object, object("b", "11"));
  EXPECT_EQ(std::get<Put>(deltas[1]).object, object("a", "12"));
  EXPECT_EQ(std::get<Removed>(deltas[2]).object, object("a", "13"));
  EXPECT_EQ(w.machine.version(), "13");
  EXPECT_TRUE(w.reads());
}

TEST(Watch, ReadsAnEventHoweverItIsCut) {
  const std::string text = event("ADDED", object("b{\"", "11")) + event("ADDED", object("c", "12"));
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    Watching w;
    w.opened();
    const auto first = w.bytes(text.substr(0, cut));
    const auto second = w.bytes(text.substr(cut));
    EXPECT_EQ(first.size() + second.size(), 2) << cut;
  }
}

TEST(Watch, GoesOnFromABookmark) {
  Watching w;
  w.opened();
  EXPECT_TRUE(w.bytes(event("BOOKMARK", {{"metadata", {{"resourceVersion", "99"}}}})).empty());
  w.machine.on_end(w.now, 0);
  EXPECT_EQ(w.watches_from(), "99");
}

TEST(Watch, ForgetsHalfAnEventWhenItIsCut) {
  Watching w;
  w.opened();
  EXPECT_EQ(w.bytes(event("ADDED", object("b", "11")) + R"({"type":"ADDED","object":{"metadata":{"na)").size(), 1);
  w.machine.on_fault(fault(FaultKind::Unreachable, "cut"), w.now, 0);
  EXPECT_EQ(w.watches_from(), "11");
  w.machine.on_opened(w.now);
  EXPECT_EQ(w.bytes(event("ADDED", object("c", "12"))).size(), 1);
}

TEST(Watch, ListsAgainAfter410InTheStream) {
  Watching w;
  w.opened();
  EXPECT_TRUE(w.bytes(error_event(410, "Expired") + event("ADDED", object("b", "11"))).empty());
  EXPECT_EQ(w.rest(), 800ms);
  EXPECT_TRUE(w.lists());
}

TEST(Watch, ListsAgainAfter410AsStatus) {
  Watching w;
  static_cast<void>(w.page({}, "10"));
  w.fail(410);
  w.rest();
  EXPECT_TRUE(w.lists());
}

TEST(Watch, BeginsTheListAnewWhenItsContinuationIsGone) {
  Watching w;
  static_cast<void>(w.page({object("a", "5")}, "10", "more"));
  w.fail(410);
  w.rest();
  EXPECT_EQ(std::get<ListPage>(w.next()).continue_token, "");
  EXPECT_EQ(std::get<Replaced>(w.page({object("b", "6")}, "11")[0]).objects.size(), 1);
}

TEST(Watch, AsksForTheSamePageAgainAfterAPassingFault) {
  Watching w;
  static_cast<void>(w.page({object("a", "5")}, "10", "more"));
  w.fail(500);
  w.rest();
  EXPECT_EQ(std::get<ListPage>(w.next()).continue_token, "more");
}

TEST(Watch, WaitsAsLongAsTheServerAsks) {
  Watching w;
  static_cast<void>(w.page({}, "10"));
  w.fail(429, "7");
  EXPECT_EQ(w.rest(), 7s);
  EXPECT_EQ(w.watches_from(), "10");
}

TEST(Watch, ObeysNoRetryAfterForHours) {
  Watching w;
  w.fail(429, "86400");
  EXPECT_EQ(w.rest(), 120s);
}

TEST(Watch, BacksOffLongerWithEachFailure) {
  Watching w;
  std::vector<std::chrono::milliseconds> waits;
  for (int i = 0; i < 8; ++i) {
    w.fail(503);
    waits.push_back(w.rest());
  }
  const std::vector<std::chrono::milliseconds> expected{800ms, 1600ms, 3200ms, 6400ms, 12800ms, 25600ms, 30s, 30s};
  EXPECT_EQ(waits, expected);
  w.now += 121s;
  w.fail(503);
  EXPECT_EQ(w.rest(), 800ms);
}

TEST(Watch, ListsAgainWhenTheServersErrorStays) {
  Watching w;
  w.opened();
  for (int i = 0; i < 3; ++i) {
    static_cast<void>(w.bytes(error_event(500, "InternalError")));
    w.rest();
    ASSERT_EQ(w.watches_from(), "10") << i;
    w.machine.on_opened(w.now);
  }
  static_cast<void>(w.bytes(error_event(500, "InternalError")));
  w.rest();
  EXPECT_TRUE(w.lists());
}

TEST(Watch, WatchesAgainAtOnceAfterAnOrdinaryEnd) {
  Watching w;
  w.opened();
  w.machine.on_end(w.now, 0);
  EXPECT_EQ(w.rest(), 0ms);
  EXPECT_EQ(w.watches_from(), "10");
}

TEST(Watch, BacksOffWhenAWatchEndsBeforeItHeardAnything) {
  Watching w;
  static_cast<void>(w.page({}, "10"));
  w.machine.on_opened(w.now);
  w.machine.on_end(w.now, 0);
  EXPECT_EQ(w.rest(), 800ms);
}

TEST(Watch, TakesSilenceBeyondItsTimeoutForTheEnd) {
  Watching w;
  static_cast<void>(w.page({}, "10"));
  static_cast<void>(w.next());
  w.machine.on_opened(w.now);
  EXPECT_EQ(std::get<ReadWatch>(w.next()).deadline, kStart + 315s);
  w.now += 315s;
  w.machine.on_fault(fault(FaultKind::TimedOut, "silence"), w.now, 0);
  EXPECT_EQ(w.watches_from(), "10");
}

TEST(Watch, DoesNotBelieveAListOlderThanWhatItKnows) {
  Watching w;
  w.opened();
  static_cast<void>(w.bytes(event("ADDED", object("b", "20")) + error_event(410, "Gone")));
  for (int i = 0; i < 2; ++i) {
    w.rest();
    EXPECT_TRUE(w.page({object("a", "5")}, "9").empty());
  }
  w.rest();
  // The third of them in a row: a cluster restored from a backup.
  EXPECT_EQ(w.page({object("a", "5")}, "9").size(), 1);
  EXPECT_EQ(w.watches_from(), "9");
}

TEST(Watch, ListsAgainWhenEventsAreOutOfOrder) {
  Watching w;
  w.opened();
  EXPECT_EQ(w.bytes(event("DELETED", object("a", "12")) + event("MODIFIED", object("a", "11"))).size(), 1);
  w.rest();
  EXPECT_TRUE(w.lists());
}

TEST(Watch, ListsAgainWhenAnEventIsNone) {
  const std::string deep(200, '[');
  for (const std::string text : {"nonsense", "[]", R"({"type":"ADDED"})", R"({"type":"ODD","object":{}})",
                                 R"({"type":"ADDED","object":{"metadata":{"name":"a"}}})", R"({"type":})"}) {
    Watching w;
    w.opened();
    EXPECT_TRUE(w.bytes(text).empty()) << text;
    w.rest();
    EXPECT_TRUE(w.lists()) << text;
  }
  Watching w;
  w.opened();
  EXPECT_TRUE(w.bytes("{\"type\":" + deep).empty());
  w.rest();
  EXPECT_TRUE(w.lists());
}

TEST(Watch, KeepsNoEventLargerThanAllowed) {
  Watching w;
  w.machine = WatchMachine({.most_event_bytes = 1000, .backoff = {}});
  w.opened();
  EXPECT_TRUE(w.bytes(event("ADDED", object(std::string(2000, 'x'), "11"))).empty());
  w.rest();
  EXPECT_TRUE(w.lists());
}

}  // namespace
}  // namespace mlgateway::kube
