#include "operator/cluster/report_book.hpp"

#include <gtest/gtest.h>

namespace mlgateway::cluster {
namespace {

using namespace std::chrono_literals;

const api::ObjectKey kPod{"models", "iris-1"};
const api::Loaded kLoaded{{"models", "iris"}, 3, "hash"};

api::SidecarReport running(std::vector<api::Loaded> routes) {
  api::SidecarReport report;
  report.routes = std::move(routes);
  return report;
}

api::SidecarReport silent(const std::string& why) {
  api::SidecarReport report;
  report.unreachable = why;
  return report;
}

TEST(ReportBook, IsNewsWhenSomethingElseRuns) {
  ReportBook book;
  const Instant now{};
  EXPECT_TRUE(book.put(kPod, {running({kLoaded}), "h"}, now));
  EXPECT_FALSE(book.put(kPod, {running({kLoaded}), "h"}, now));
  EXPECT_TRUE(book.put(kPod, {running({}), "h"}, now));
}

TEST(ReportBook, LetsUseAloneBeNewsOnceAMinute) {
  ReportBook book;
  Instant now{};
  api::SidecarReport report = running({kLoaded});
  EXPECT_TRUE(book.put(kPod, {report, "h"}, now));
  report.uses = {{{"models", "plans"}, {{"all", "daily", 10, 1, 0, 0}}}};
  EXPECT_FALSE(book.put(kPod, {report, "h"}, now + 59s));
  EXPECT_TRUE(book.put(kPod, {report, "h"}, now + 60s));
}

TEST(ReportBook, LetsOtherWordsForTheSameBeNewsEveryFiveSeconds) {
  ReportBook book;
  const Instant now{};
  EXPECT_TRUE(book.put(kPod, {silent("no"), ""}, now));
  EXPECT_FALSE(book.put(kPod, {silent("no!"), ""}, now + 4s));
  EXPECT_TRUE(book.put(kPod, {silent("no!!"), ""}, now + 5s));
  EXPECT_TRUE(book.put(kPod, {running({}), "h"}, now + 6s));
}

TEST(ReportBook, HasAKubeletNudgedAgainMoreAndMoreSeldom) {
  ReportBook book;
  const Instant now{};
  const auto nudge = [&](const char* awaited, std::chrono::seconds after) {
    return book.advise(kPod, true, awaited, now + after).nudge;
  };
  EXPECT_FALSE(nudge("h", 0s));
  EXPECT_FALSE(nudge("h", 1s));
  EXPECT_EQ(nudge("h", 2s), 1);
  EXPECT_FALSE(nudge("h", 5s));
  EXPECT_EQ(nudge("h", 6s), 2);
  EXPECT_FALSE(nudge("", 7s));
  EXPECT_FALSE(nudge("h", 20s));
  EXPECT_EQ(nudge("h", 22s), 1);
  // Another configuration begins anew.
  EXPECT_FALSE(nudge("i", 25s));
  EXPECT_EQ(nudge("i", 27s), 1);
}

TEST(ReportBook, AsksWhoHasJustBegunToBeBehindOften) {
  ReportBook book;
  const Instant now{};
  const auto wait = [&](const char* awaited, std::chrono::seconds after) {
    return book.advise(kPod, true, awaited, now + after).ask_again;
  };
  EXPECT_EQ(wait("", 0s), 10s);
  EXPECT_EQ(wait("h", 1s), 200ms);
  EXPECT_EQ(wait("h", 11s), 2s);
  EXPECT_EQ(wait("i", 12s), 200ms);
}

TEST(ReportBook, SaysHowLongASidecarTookToCatchUp) {
  ReportBook book;
  const Instant now{};
  EXPECT_FALSE(book.advise(kPod, true, "", now).took);
  EXPECT_FALSE(book.advise(kPod, true, "h", now + 1s).took);
  EXPECT_EQ(book.advise(kPod, true, "", now + 3s).took, 2s);
  EXPECT_FALSE(book.advise(kPod, true, "", now + 4s).took);
}

TEST(ReportBook, CountsTheSidecars) {
  ReportBook book;
  book.advise({"a", "1"}, true, "", {});
  book.advise({"a", "2"}, true, "h", {});
  book.advise({"b", "3"}, false, "", {});
  book.advise({"b", "4"}, false, "", {});
  const ReportBook::Numbers numbers = book.numbers();
  EXPECT_EQ(numbers.current, 1);
  EXPECT_EQ(numbers.behind, 1);
  EXPECT_EQ(numbers.silent, 2);
  book.advise({"b", "3"}, true, "", {});
  book.forget({"b", "4"});
  EXPECT_EQ(book.numbers().current, 2);
  EXPECT_EQ(book.numbers().silent, 0);
}

TEST(ReportBook, AsksWhoIsSilentMoreAndMoreSeldom) {
  ReportBook book;
  const auto wait = [&](bool answered) { return book.advise(kPod, answered, "", {}).ask_again; };
  EXPECT_EQ(wait(false), 2s);
  EXPECT_EQ(wait(false), 4s);
  for (int i = 0; i < 40; ++i) wait(false);
  EXPECT_EQ(wait(false), 60s);
  wait(true);
  EXPECT_EQ(wait(false), 2s);
}

TEST(ReportBook, ForgetsWhatWasExpectedOfWorkloadsThatAreGone) {
  ReportBook book;
  book.expect({"a", "x"}, "h");
  book.expect({"a", "y"}, "h");
  book.expect({"b", "x"}, "h");
  book.keep("a", {"y"});
  EXPECT_EQ(book.expected({"a", "x"}), "");
  EXPECT_EQ(book.expected({"a", "y"}), "h");
  EXPECT_EQ(book.expected({"b", "x"}), "h");
}

TEST(ReportBook, KeepsNamespacesApart) {
  ReportBook book;
  book.put({"a", "x"}, {}, {});
  book.put({"b", "x"}, {}, {});
  EXPECT_EQ(book.all("a").size(), 1);
  book.forget({"a", "x"});
  EXPECT_TRUE(book.all("a").empty());
}

}  // namespace
}  // namespace mlgateway::cluster
