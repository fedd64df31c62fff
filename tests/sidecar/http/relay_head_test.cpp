#include "sidecar/http/relay_head.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sidecar/http/strict.hpp"

namespace mlgateway::http {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string onward(const std::string& text) {
  RequestHead head;
  EXPECT_TRUE(parse_request_head(text, {}, head).ok());
  std::string out;
  append_request_head(out, head, {.target = "/v2", .host = "model:80", .client = "192.0.2.1", .request_id = "id-1"});
  return out;
}

std::string homeward(const std::string& text, const Homeward& how) {
  ResponseHead head;
  EXPECT_TRUE(parse_response_head(text, "GET", head).ok());
  std::string out;
  append_response_head(out, head, how);
  return out;
}

TEST(RequestHeadOnward, NamesTheModelAsItsHost) {
  const std::string out = onward("GET /v2 HTTP/1.1\r\nHost: public.example\r\n\r\n");
  EXPECT_THAT(out, testing::StartsWith("GET /v2 HTTP/1.1\r\nhost: model:80\r\n"));
  EXPECT_THAT(out, HasSubstr("x-forwarded-host: public.example\r\n"));
  EXPECT_THAT(out, testing::EndsWith("\r\n\r\n"));
}

TEST(RequestHeadOnward, LeavesHopByHopFieldsBehind) {
  const std::string out = onward(
      "GET /v2 HTTP/1.1\r\nHost: h\r\nConnection: x-secret-hop\r\nX-Secret-Hop: 1\r\nKeep-Alive: 5\r\nTE: "
      "trailers\r\nUpgrade: h2c\r\nX-Kept: 1\r\n\r\n");
  EXPECT_THAT(out, Not(HasSubstr("Secret-Hop")));
  EXPECT_THAT(out, Not(HasSubstr("Keep-Alive")));
  EXPECT_THAT(out, Not(HasSubstr("TE:")));
  EXPECT_THAT(out, Not(HasSubstr("Upgrade")));
  EXPECT_THAT(out, HasSubstr("X-Kept: 1\r\n"));
}

TEST(RequestHeadOnward, BelievesNoForwardingFieldOfTheCaller) {
  const std::string out = onward(
      "GET /v2 HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 1.2.3.4\r\nForwarded: for=1.2.3.4\r\nX-Real-IP: "
      "1.2.3.4\r\nX-Forwarded-Proto: https\r\n\r\n");
  EXPECT_THAT(out, Not(HasSubstr("1.2.3.4")));
  EXPECT_THAT(out, HasSubstr("x-forwarded-for: 192.0.2.1\r\n"));
  EXPECT_THAT(out, HasSubstr("x-forwarded-proto: http\r\n"));
}

TEST(RequestHeadOnward, DropsWhatOnlyTheGatewayMaySay) {
  const std::string out =
      onward("GET /v2 HTTP/1.1\r\nHost: h\r\nX-MLGateway-Version: v9\r\nX-Request-Id: theirs\r\n\r\n");
  EXPECT_THAT(out, Not(HasSubstr("v9")));
  EXPECT_THAT(out, Not(HasSubstr("theirs")));
  EXPECT_THAT(out, HasSubstr("x-request-id: id-1\r\n"));
}

TEST(RequestHeadOnward, PassesTheTraceOn) {
  const std::string trace =
      "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\ntracestate: a=1\r\n";
  EXPECT_THAT(onward("GET /v2 HTTP/1.1\r\nHost: h\r\n" + trace + "\r\n"), HasSubstr(trace));
}

TEST(ResponseHeadHomeward, FramesTheAnswerAnewAndSaysWhoRelayedIt) {
  const std::string out = homeward("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nServer: model\r\n\r\n",
                                   {.fields = "x-request-id: 1\r\n", .date = {}, .framing = Framing::Chunked});
  EXPECT_THAT(out, testing::StartsWith("HTTP/1.1 200 OK\r\nServer: model\r\ntransfer-encoding: chunked\r\n"));
  EXPECT_THAT(out, HasSubstr("x-request-id: 1\r\nvia: 1.1 mlgateway\r\n\r\n"));
}

TEST(ResponseHeadHomeward, LetsNoModelSpeakForTheGateway) {
  const std::string out =
      homeward("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nx-mlgateway-version: fake\r\nx-request-id: fake\r\n\r\n",
               {.fields = {}, .date = {}, .framing = Framing::Length});
  EXPECT_THAT(out, Not(HasSubstr("fake")));
}

TEST(ResponseHeadHomeward, DatesAnAnswerThatHasNoDateOfItsOwn) {
  const Homeward dated{.fields = {}, .date = "Sun, 06 Nov 1994 08:49:37 GMT", .framing = Framing::Length};
  EXPECT_THAT(homeward("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", dated),
              HasSubstr("date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"));
  const std::string own = homeward("HTTP/1.1 200 OK\r\nDate: theirs\r\nContent-Length: 0\r\n\r\n", dated);
  EXPECT_THAT(own, HasSubstr("Date: theirs\r\n"));
  EXPECT_THAT(own, Not(HasSubstr("1994")));
}

TEST(RelayedFields, AreTheModelsOwnWithoutFramingAndConnection) {
  ResponseHead head;
  const std::string text =
      "HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nTransfer-Encoding: chunked\r\nConnection: x-hop\r\nX-Hop: 1\r\n"
      "x-mlgateway-cost: 0\r\nX-Own: 2\r\n\r\n";
  ASSERT_TRUE(parse_response_head(text, "POST", head).ok());
  std::string out;
  append_relayed_fields(out, head, "Sun, 06 Nov 1994 08:49:37 GMT", Limits::LeftOut);
  EXPECT_EQ(out, "Content-Type: a/b\r\nX-Own: 2\r\ndate: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
}

TEST(ResponseHeadHomeward, TellsTheCallerThatTheConnectionEnds) {
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  EXPECT_THAT(homeward(head, {.fields = {}, .date = {}, .framing = Framing::Length, .keep_alive = false}),
              HasSubstr("connection: close\r\n"));
  EXPECT_THAT(homeward(head, {.fields = {}, .date = {}, .framing = Framing::Length}), Not(HasSubstr("connection:")));
  EXPECT_THAT(homeward(head, {.fields = {}, .date = {}, .framing = Framing::Length, .caller_minor_version = 0}),
              HasSubstr("connection: keep-alive\r\n"));
}

std::string kept(std::string_view fields) {
  std::string out;
  append_kept_head(out, {.status = 200,
                         .kept_fields = fields,
                         .content_length = 7,
                         .fields = "age: 3\r\n",
                         .date = "Sun, 06 Nov 1994 08:49:37 GMT",
                         .keep_alive = true,
                         .caller_minor_version = 1});
  return out;
}

TEST(ResponseHeadHomeward, LetsNoModelLoosenWhatTheGatewayTellsOfItsLimits) {
  const std::string head =
      "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nRateLimit: \"a\";r=9\r\nRateLimit-Policy: \"a\";q=9\r\n"
      "X-RateLimit-Limit-Requests: 9\r\n\r\n";
  const std::string ours = homeward(
      head, {.fields = "ratelimit: \"b\";r=1\r\n", .date = {}, .framing = Framing::Length, .tells_limits = true});
  EXPECT_THAT(ours, Not(HasSubstr("9")));
  EXPECT_THAT(ours, HasSubstr("ratelimit: \"b\";r=1\r\n"));
  EXPECT_THAT(homeward(head, {.fields = {}, .date = {}, .framing = Framing::Length}),
              HasSubstr("RateLimit: \"a\";r=9\r\nRateLimit-Policy: \"a\";q=9\r\nX-RateLimit-Limit-Requests: 9\r\n"));
}

TEST(KeptHead, IsTheModelsAnswerWithWhatTheGatewaySaysToday) {
  EXPECT_EQ(kept("Content-Type: application/json\r\nDate: then\r\n"),
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nDate: then\r\n"
            "content-length: 7\r\nage: 3\r\nvia: 1.1 mlgateway\r\n\r\n");
}

TEST(KeptHead, DatesAnAnswerWhoseModelGaveNoDate) {
  EXPECT_THAT(kept("x-update: yes\r\n"), HasSubstr("date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"));
  EXPECT_THAT(kept(""), HasSubstr("date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"));
}

}  // namespace
}  // namespace mlgateway::http
