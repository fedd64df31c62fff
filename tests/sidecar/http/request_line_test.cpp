#include <string>

#include <gtest/gtest.h>

#include "tests/sidecar/http/parsed_request.hpp"

namespace mlgateway::http {
namespace {

TEST(RequestLine, SplitsTheRequestLine) {
  const ParsedRequest parsed("POST /v2/models/iris/infer?a=1&b HTTP/1.1\r\nHost: iris.example.com:8080\r\n\r\n");
  ASSERT_TRUE(parsed.ok());
  const RequestHead& head = parsed.head;
  EXPECT_EQ(head.method, "POST");
  EXPECT_EQ(head.target, "/v2/models/iris/infer?a=1&b");
  EXPECT_EQ(head.path, "/v2/models/iris/infer");
  EXPECT_EQ(head.query, "a=1&b");
  EXPECT_TRUE(head.has_query);
  EXPECT_EQ(head.authority, "iris.example.com:8080");
  EXPECT_EQ(head.host, "iris.example.com");
  EXPECT_EQ(head.minor_version, 1);
  EXPECT_EQ(head.size, parsed.bytes.size());
  EXPECT_EQ(head.framing, Framing::None);
  EXPECT_TRUE(head.keep_alive);
}

TEST(RequestLine, TellsAnEmptyQueryFromNone) {
  EXPECT_TRUE(with_target("/x?").head.has_query);
  EXPECT_FALSE(with_target("/x").head.has_query);
}

TEST(RequestLine, CountsALeadingCrlfAsPartOfTheHead) {
  const ParsedRequest parsed("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed.head.size, parsed.bytes.size());
  expect_refused(ParsedRequest("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"));
}

TEST(RequestLine, RefusesAMalformedRequestLine) {
  for (const char* line :
       {"GET  / HTTP/1.1", "GET /  HTTP/1.1", "GET / HTTP/1.1 ", " GET / HTTP/1.1", "GET\t/ HTTP/1.1", "GET / http/1.1",
        "GET / HTTP/1", "GET / HTTP/1.1.1", "GET / HTTP/01.01", "GET / HTTP/ 1.1", "GET / HTTP/1,1", "GET /", "GET",
        "GET / x HTTP/1.1", "G(T / HTTP/1.1", " / HTTP/1.1", "GET /\x7f HTTP/1.1", "GET / HTTPS/1.1"}) {
    expect_refused(ParsedRequest(head_of(line)));
  }
}

TEST(RequestLine, AcceptsAnyTokenUpTo32BytesAsMethod) {
  EXPECT_TRUE(ParsedRequest(head_of("get / HTTP/1.1")).ok());
  EXPECT_TRUE(ParsedRequest(head_of("M-SEARCH / HTTP/1.1")).ok());
  EXPECT_TRUE(ParsedRequest(head_of(std::string(32, 'A') + " / HTTP/1.1")).ok());
  expect_refused(ParsedRequest(head_of(std::string(33, 'A') + " / HTTP/1.1")));
}

TEST(RequestLine, RefusesOtherVersionsWithTheirOwnReason) {
  for (const char* version : {"HTTP/2.0", "HTTP/1.2", "HTTP/0.9", "HTTP/9.9"}) {
    expect_refused(ParsedRequest(head_of("GET / " + std::string(version))), Reason::UnsupportedHttpVersion);
  }
  expect_refused(ParsedRequest("PRI * HTTP/2.0\r\n\r\n"), Reason::UnsupportedHttpVersion);
}

TEST(RequestLine, RefusesATargetThatIsTooLong) {
  HeadLimits limits;
  limits.max_target_bytes = 10;
  RequestHead head;
  EXPECT_TRUE(parse_request_head(head_of("GET /234567890 HTTP/1.1"), limits, head).ok());
  const Status status = parse_request_head(head_of("GET /2345678901 HTTP/1.1"), limits, head);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().reason, Reason::UriTooLong);
}

TEST(RequestLine, AcceptsOrdinaryPaths) {
  for (const char* target :
       {"/", "/a/", "/v2/models/iris/versions/v1/infer", "/a.b/.c/..d/...", "/%7Euser/%C3%A9", "/a;x=1/b:predict",
        "/a%20b", "/a%252e%252e", "/?x=%00%2f..//\\", "/a?b?c/d", "/|{}\"^`<>"}) {
    EXPECT_TRUE(with_target(target).ok()) << target;
  }
}

TEST(RequestLine, RefusesPathsThatServersReadDifferently) {
  for (const char* target :
       {"//",      "//a",       "/a//b",   "/a//",      "/.",           "/..",    "/../a",     "/a/..",  "/a/./b",
        "/a/../b", "/%2e%2e/a", "/.%2E/a", "/a/%2e",    "/..;/a",       "/.;x",   "/%2e.;x/b", "/a%2fb", "/a%2Fb",
        "/a%5cb",  "/a\\b",     "/a%00",   "/a%0d%0ab", "/a%7f",        "/%",     "/%4",       "/%4g",   "/a#b",
        "/a?b#c",  "/a?%",      "/a?%2",   "/a?%zz",    "/caf\xc3\xa9", "/a?\xff"}) {
    expect_refused(with_target(target));
  }
}

TEST(RequestLine, PrefersTheAuthorityOfAnAbsoluteTarget) {
  const ParsedRequest parsed("GET http://models.example:81/a?b HTTP/1.1\r\nHost: other\r\n\r\n");
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed.head.authority, "models.example:81");
  EXPECT_EQ(parsed.head.host, "models.example");
  EXPECT_EQ(parsed.head.path, "/a");
  EXPECT_EQ(parsed.head.query, "b");
}

TEST(RequestLine, ReadsAnAbsoluteTargetWithoutPathAsTheRoot) {
  EXPECT_EQ(with_target("http://a").head.path, "/");
  EXPECT_EQ(with_target("HTTP://a?b").head.path, "/");
  EXPECT_EQ(with_target("http://a?b").head.query, "b");
  EXPECT_EQ(ParsedRequest(head_of("OPTIONS http://a HTTP/1.1")).head.path, "*");
}

TEST(RequestLine, RefusesTargetsOfOtherForms) {
  for (const char* target : {"*", "a", "a:80", "https://a/", "ftp://a/", "http:/a", "http://", "http:///a",
                             "http://u@a/", "http://a#b", "http://a/../b", "http://a:x/"}) {
    expect_refused(with_target(target));
  }
  expect_refused(ParsedRequest(head_of("CONNECT a:80 HTTP/1.1")));
  expect_refused(ParsedRequest(head_of("CONNECT / HTTP/1.1")));
}

TEST(RequestLine, AcceptsTheAsteriskForOptionsOnly) {
  EXPECT_EQ(ParsedRequest(head_of("OPTIONS * HTTP/1.1")).head.path, "*");
  expect_refused(ParsedRequest(head_of("OPTIONS ** HTTP/1.1")));
}

TEST(RequestLine, NeedsExactlyOneHost) {
  expect_refused(ParsedRequest(head_of("GET / HTTP/1.1", "")));
  expect_refused(ParsedRequest(head_of("GET http://a/ HTTP/1.1", "")));
  expect_refused(ParsedRequest(head_of("GET / HTTP/1.1", "Host: a\r\nhost: a\r\n")));
  expect_refused(ParsedRequest(head_of("GET / HTTP/1.0", "Host: a\r\nHost: b\r\n")));
  EXPECT_TRUE(ParsedRequest(head_of("GET / HTTP/1.0", "")).ok());
}

TEST(RequestLine, TakesTheHostApart) {
  EXPECT_EQ(ParsedRequest(head_of("GET / HTTP/1.1", "Host: [2001:db8::1]:80\r\n")).head.host, "2001:db8::1");
  EXPECT_EQ(ParsedRequest(head_of("GET / HTTP/1.1", "Host: [::1]\r\n")).head.host, "::1");
  EXPECT_EQ(ParsedRequest(head_of("GET / HTTP/1.1", "Host: under_score:\r\n")).head.host, "under_score");
  EXPECT_TRUE(ParsedRequest(head_of("GET / HTTP/1.1", "Host: b%C3%BCcher\r\n")).ok());
}

TEST(RequestLine, RefusesAnInvalidHost) {
  for (const char* host : {"",         "u@a",      "a/b",         "a b",     ":80",  "a:b", "a:65536",
                           "a:123456", "a:80:80",  "[::1",        "[::1]80", "[zz]", "[]",  "[fe80::1%25eth0]",
                           "[v1.x]",   "::1",      "a%2fb",       "a%41",    "a%",   "a?b", "a#b",
                           "a\\b",     "http://a", "caf\xc3\xa9", "<a>",     "a\"b"}) {
    expect_refused(ParsedRequest(head_of("GET / HTTP/1.1", "Host: " + std::string(host) + "\r\n")));
    if (*host != '\0') expect_refused(ParsedRequest(head_of("GET / HTTP/1.0", "Host: " + std::string(host) + "\r\n")));
  }
}

}  // namespace
}  // namespace mlgateway::http
