#include "sidecar/cache/freshness.hpp"

#include <string>

#include <gtest/gtest.h>

#include "sidecar/http/strict.hpp"

namespace mlgateway::cache {
namespace {

using namespace std::chrono_literals;

constexpr auto kRoute = std::chrono::milliseconds(600s);

Keeping kept(const std::string& fields, const std::string& status = "200",
             const std::string& framing = "Content-Length: 1\r\n") {
  http::ResponseHead head;
  const std::string text = "HTTP/1.1 " + status + " Words\r\n" + framing + fields + "\r\n";
  EXPECT_TRUE(http::parse_response_head(text, "POST", head).ok()) << text;
  return keeping_of(head, kRoute);
}

Wishes wishes(const std::string& fields) {
  http::RequestHead head;
  const std::string text = "POST / HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n";
  EXPECT_TRUE(http::parse_request_head(text, {}, head).ok()) << text;
  return wishes_of(head.fields);
}

std::string control(const std::string& value) { return "Cache-Control: " + value + "\r\n"; }

TEST(Keeping, IsForTheRoutesTimeWhenTheModelSaysNothing) {
  const Keeping keeping = kept("");
  EXPECT_TRUE(keeping.share);
  EXPECT_TRUE(keeping.store);
  EXPECT_EQ(keeping.ttl, kRoute);
}

TEST(Keeping, IsForNobodyElseWhatTheModelForbids) {
  for (const char* value : {"no-store", "private", "PRIVATE", "max-age=60, No-Store", "private=\"set-cookie\""}) {
    EXPECT_FALSE(kept(control(value)).share) << value;
    EXPECT_FALSE(kept(control(value)).store) << value;
  }
}

TEST(Keeping, ReadsEveryFieldOfTheName) {
  EXPECT_FALSE(kept("cache-control: max-age=60\r\nCACHE-CONTROL: no-store\r\n").share);
}

TEST(Keeping, IsOnlyForThoseWhoWaitWhereAStoredAnswerWouldHaveToBeAskedFor) {
  for (const char* value : {"no-cache", "no-cache=\"x\"", "max-age=0", "s-maxage=0", "max-age=60, s-maxage=0"}) {
    EXPECT_TRUE(kept(control(value)).share) << value;
    EXPECT_FALSE(kept(control(value)).store) << value;
  }
}

TEST(Keeping, EndsWithTheModelsOwnTime) {
  EXPECT_EQ(kept(control("max-age=60")).ttl, 60s);
  EXPECT_EQ(kept(control("MAX-AGE=\"60\"")).ttl, 60s);
  EXPECT_EQ(kept(control("max-age=60, max-age=30")).ttl, 30s);
  EXPECT_EQ(kept(control("max-age=6000")).ttl, kRoute);
  EXPECT_EQ(kept(control("max-age=99999999999999999999999")).ttl, kRoute);
}

// RFC 9111 5.2.2.10: for a shared cache it overrides max-age.
TEST(Keeping, FollowsSMaxageBeforeMaxAge) {
  EXPECT_EQ(kept(control("max-age=1, s-maxage=60")).ttl, 60s);
  EXPECT_EQ(kept(control("s-maxage=60, max-age=100")).ttl, 60s);
}

TEST(Keeping, CountsATimeThatIsNoNumberAsOver) {
  for (const char* value :
       {"max-age", "max-age=", "max-age=abc", "max-age=-1", "max-age=1.5", "max-age=\"6", "s-maxage=x"}) {
    EXPECT_FALSE(kept(control(value)).store) << value;
  }
}

TEST(Keeping, TakesOffTheAgeThatTheAnswerHasAlready) {
  EXPECT_EQ(kept(control("max-age=60") + "Age: 20\r\n").ttl, 40s);
  EXPECT_EQ(kept("Age: 20\r\n").ttl, kRoute - 20s);
  EXPECT_FALSE(kept(control("max-age=60") + "Age: 60\r\n").store);
  EXPECT_EQ(kept(control("max-age=60") + "Age: old\r\n").ttl, 60s);
}

TEST(Keeping, TakesAnEndThatIsOnlyADateForOver) {
  EXPECT_FALSE(kept("Expires: 0\r\n").store);
  EXPECT_EQ(kept("Expires: 0\r\n" + control("max-age=60")).ttl, 60s);
}

TEST(Keeping, PassesOverWhatItDoesNotKnow) {
  EXPECT_TRUE(kept(control("public, immutable, ext=\"no-store, private\", , x=\"a\\\"no-store\"")).store);
  EXPECT_TRUE(kept(control("no-store-ever, not-private")).store);
}

TEST(Keeping, IsNotDeceivedByAQuoteThatNeverEnds) {
  EXPECT_FALSE(kept(control("ext=\"abc, no-store")).share);
  EXPECT_FALSE(kept(control("e\"xt, no-store")).share);
}

TEST(Keeping, IsForNobodyElseWhatIsPersonal) {
  for (const char* fields :
       {"Set-Cookie: a=1\r\n", "set-cookie: \r\n", "Content-Encoding: gzip\r\n", "Vary: *\r\n", "Vary: User-Agent\r\n",
        "Vary: Accept\r\nVary: X-Plan\r\n", "Content-Type: text/event-stream\r\n",
        "Content-Type: TEXT/Event-Stream ; charset=utf-8\r\n"}) {
    EXPECT_FALSE(kept(fields).share) << fields;
    EXPECT_FALSE(kept(fields).store) << fields;
  }
}

TEST(Keeping, IsPossibleWhereTheAnswerVariesOnlyByWhatTheKeyHas) {
  for (const char* fields : {"Vary: Accept, accept-encoding, CONTENT-TYPE, Origin\r\n", "Vary:\r\n",
                             "Content-Encoding: identity\r\n", "Content-Type: text/event-stream-not\r\n"}) {
    EXPECT_TRUE(kept(fields).store) << fields;
  }
}

TEST(Keeping, IsOnlyForThoseWhoWaitWhereTheStatusIsNot200) {
  for (const char* status : {"201", "400", "404", "422", "429", "500", "503"}) {
    EXPECT_TRUE(kept("", status).share) << status;
    EXPECT_FALSE(kept("", status).store) << status;
  }
}

TEST(Keeping, IsForNobodyElseWhatHasNoBody) { EXPECT_FALSE(kept("", "204", "").share); }

TEST(Keeping, IsForNobodyElseWhatAnswersAConditionOrARange) {
  for (const char* status : {"206", "304", "412", "416"}) EXPECT_FALSE(kept("", status).share) << status;
}

TEST(Keeping, IsNotForLaterWhereNobodyCanTellACutFromTheEnd) {
  const Keeping keeping = kept("", "200", "");
  EXPECT_TRUE(keeping.share);
  EXPECT_FALSE(keeping.store);
  EXPECT_TRUE(kept("", "200", "Transfer-Encoding: chunked\r\n").store);
}

TEST(Wishes, AreNoneWithoutTheField) {
  const Wishes none = wishes("");
  EXPECT_FALSE(none.no_store || none.no_cache || none.only_if_cached || none.max_age);
}

TEST(Wishes, AreReadFromEveryFieldOfTheName) {
  const Wishes all = wishes("Cache-Control: no-cache, ONLY-IF-CACHED\r\ncache-control: No-Store,max-age=5\r\n");
  EXPECT_TRUE(all.no_store && all.no_cache && all.only_if_cached);
  EXPECT_EQ(all.max_age, 5s);
}

TEST(Wishes, CountATimeThatIsNoNumberAsZero) {
  EXPECT_EQ(wishes(control("max-age=soon")).max_age, 0s);
  EXPECT_EQ(wishes(control("max-age")).max_age, 0s);
}

}  // namespace
}  // namespace mlgateway::cache
