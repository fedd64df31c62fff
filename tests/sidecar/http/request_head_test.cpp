#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "sidecar/http/strict.hpp"

namespace mlgateway::http {
namespace {

// A whole head made of a first line and field lines.
std::string head_of(const std::string& request_line, const std::string& fields = "Host: a\r\n") {
  return request_line + "\r\n" + fields + "\r\n";
}

// Parses on construction; keeps the bytes that the views point into.
struct Parsed {
  explicit Parsed(std::string text) : bytes(std::move(text)), status(parse_request_head(bytes, HeadLimits{}, head)) {}

  bool ok() const { return status.ok(); }
  Reason reason() const { return status.error().reason; }

  std::string bytes;
  RequestHead head;
  Status status;
};

Parsed with_target(const std::string& target) { return Parsed(head_of("GET " + target + " HTTP/1.1")); }
Parsed with_fields(const std::string& fields) { return Parsed(head_of("POST / HTTP/1.1", "Host: a\r\n" + fields)); }

void expect_refused(const Parsed& parsed, Reason reason = Reason::MalformedRequest) {
  ASSERT_FALSE(parsed.ok()) << testing::PrintToString(parsed.bytes);
  EXPECT_EQ(name(parsed.reason()), name(reason)) << testing::PrintToString(parsed.bytes);
}

TEST(RequestHead, SplitsTheRequestLine) {
  const Parsed parsed("POST /v2/models/iris/infer?a=1&b HTTP/1.1\r\nHost: iris.example.com:8080\r\n\r\n");
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

TEST(RequestHead, TellsAnEmptyQueryFromNone) {
  EXPECT_TRUE(with_target("/x?").head.has_query);
  EXPECT_FALSE(with_target("/x").head.has_query);
}

TEST(RequestHead, ForgetsThePreviousRequest) {
  const std::string first = "POST http://b/x?q HTTP/1.0\r\nHost: a\r\nContent-Length: 5\r\n\r\n";
  const std::string second = "GET /y HTTP/1.1\r\nHost: c\r\n\r\n";
  RequestHead head;
  ASSERT_TRUE(parse_request_head(first, HeadLimits{}, head).ok());
  ASSERT_TRUE(parse_request_head(second, HeadLimits{}, head).ok());
  EXPECT_EQ(head.host, "c");
  EXPECT_EQ(head.query, "");
  EXPECT_FALSE(head.has_query);
  EXPECT_EQ(head.framing, Framing::None);
  EXPECT_EQ(head.content_length, 0u);
  EXPECT_TRUE(head.keep_alive);
  EXPECT_EQ(head.fields.size(), 1u);
}

TEST(RequestHead, CountsALeadingCrlfAsPartOfTheHead) {
  const Parsed parsed("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed.head.size, parsed.bytes.size());
  expect_refused(Parsed("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"));
}

TEST(RequestHead, RefusesAMalformedRequestLine) {
  for (const char* line :
       {"GET  / HTTP/1.1", "GET /  HTTP/1.1", "GET / HTTP/1.1 ", " GET / HTTP/1.1", "GET\t/ HTTP/1.1", "GET / http/1.1",
        "GET / HTTP/1", "GET / HTTP/1.1.1", "GET / HTTP/01.01", "GET / HTTP/ 1.1", "GET / HTTP/1,1", "GET /", "GET",
        "GET / x HTTP/1.1", "G(T / HTTP/1.1", " / HTTP/1.1", "GET /\x7f HTTP/1.1", "GET / HTTPS/1.1"}) {
    expect_refused(Parsed(head_of(line)));
  }
}

TEST(RequestHead, AcceptsAnyTokenUpTo32BytesAsMethod) {
  EXPECT_TRUE(Parsed(head_of("get / HTTP/1.1")).ok());
  EXPECT_TRUE(Parsed(head_of("M-SEARCH / HTTP/1.1")).ok());
  EXPECT_TRUE(Parsed(head_of(std::string(32, 'A') + " / HTTP/1.1")).ok());
  expect_refused(Parsed(head_of(std::string(33, 'A') + " / HTTP/1.1")));
}

TEST(RequestHead, RefusesOtherVersionsWithTheirOwnReason) {
  for (const char* version : {"HTTP/2.0", "HTTP/1.2", "HTTP/0.9", "HTTP/9.9"}) {
    expect_refused(Parsed(head_of("GET / " + std::string(version))), Reason::UnsupportedHttpVersion);
  }
  expect_refused(Parsed("PRI * HTTP/2.0\r\n\r\n"), Reason::UnsupportedHttpVersion);
}

TEST(RequestHead, RefusesATargetThatIsTooLong) {
  HeadLimits limits;
  limits.max_target_bytes = 10;
  RequestHead head;
  EXPECT_TRUE(parse_request_head(head_of("GET /234567890 HTTP/1.1"), limits, head).ok());
  const Status status = parse_request_head(head_of("GET /2345678901 HTTP/1.1"), limits, head);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().reason, Reason::UriTooLong);
}

TEST(RequestHead, AcceptsOrdinaryPaths) {
  for (const char* target :
       {"/", "/a/", "/v2/models/iris/versions/v1/infer", "/a.b/.c/..d/...", "/%7Euser/%C3%A9", "/a;x=1/b:predict", "/a%20b",
        "/a%252e%252e", "/?x=%00%2f..//\\", "/a?b?c/d", "/|{}\"^`<>"}) {
    EXPECT_TRUE(with_target(target).ok()) << target;
  }
}

TEST(RequestHead, RefusesPathsThatServersReadDifferently) {
  for (const char* target :
       {"//", "//a", "/a//b", "/a//", "/.", "/..", "/../a", "/a/..", "/a/./b", "/a/../b", "/%2e%2e/a", "/.%2E/a", "/a/%2e",
        "/..;/a", "/.;x", "/%2e.;x/b", "/a%2fb", "/a%2Fb", "/a%5cb", "/a\\b", "/a%00", "/a%0d%0ab", "/a%7f", "/%", "/%4",
        "/%4g", "/a#b", "/a?b#c", "/a?%", "/a?%2", "/a?%zz", "/caf\xc3\xa9", "/a?\xff"}) {
    expect_refused(with_target(target));
  }
}

TEST(RequestHead, PrefersTheAuthorityOfAnAbsoluteTarget) {
  const Parsed parsed("GET http://models.example:81/a?b HTTP/1.1\r\nHost: other\r\n\r\n");
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed.head.authority, "models.example:81");
  EXPECT_EQ(parsed.head.host, "models.example");
  EXPECT_EQ(parsed.head.path, "/a");
  EXPECT_EQ(parsed.head.query, "b");
}

TEST(RequestHead, ReadsAnAbsoluteTargetWithoutPathAsTheRoot) {
  EXPECT_EQ(with_target("http://a").head.path, "/");
  EXPECT_EQ(with_target("HTTP://a?b").head.path, "/");
  EXPECT_EQ(with_target("http://a?b").head.query, "b");
  EXPECT_EQ(Parsed(head_of("OPTIONS http://a HTTP/1.1")).head.path, "*");
}

TEST(RequestHead, RefusesTargetsOfOtherForms) {
  for (const char* target : {"*", "a", "a:80", "https://a/", "ftp://a/", "http:/a", "http://", "http:///a", "http://u@a/",
                             "http://a#b", "http://a/../b", "http://a:x/"}) {
    expect_refused(with_target(target));
  }
  expect_refused(Parsed(head_of("CONNECT a:80 HTTP/1.1")));
  expect_refused(Parsed(head_of("CONNECT / HTTP/1.1")));
}

TEST(RequestHead, AcceptsTheAsteriskForOptionsOnly) {
  EXPECT_EQ(Parsed(head_of("OPTIONS * HTTP/1.1")).head.path, "*");
  expect_refused(Parsed(head_of("OPTIONS ** HTTP/1.1")));
}

TEST(RequestHead, NeedsExactlyOneHost) {
  expect_refused(Parsed(head_of("GET / HTTP/1.1", "")));
  expect_refused(Parsed(head_of("GET http://a/ HTTP/1.1", "")));
  expect_refused(Parsed(head_of("GET / HTTP/1.1", "Host: a\r\nhost: a\r\n")));
  expect_refused(Parsed(head_of("GET / HTTP/1.0", "Host: a\r\nHost: b\r\n")));
  EXPECT_TRUE(Parsed(head_of("GET / HTTP/1.0", "")).ok());
}

TEST(RequestHead, TakesTheHostApart) {
  EXPECT_EQ(Parsed(head_of("GET / HTTP/1.1", "Host: [2001:db8::1]:80\r\n")).head.host, "2001:db8::1");
  EXPECT_EQ(Parsed(head_of("GET / HTTP/1.1", "Host: [::1]\r\n")).head.host, "::1");
  EXPECT_EQ(Parsed(head_of("GET / HTTP/1.1", "Host: under_score:\r\n")).head.host, "under_score");
  EXPECT_TRUE(Parsed(head_of("GET / HTTP/1.1", "Host: b%C3%BCcher\r\n")).ok());
}

TEST(RequestHead, RefusesAnInvalidHost) {
  for (const char* host : {"", "u@a", "a/b", "a b", ":80", "a:b", "a:65536", "a:123456", "a:80:80", "[::1", "[::1]80",
                           "[zz]", "[]", "[fe80::1%25eth0]", "[v1.x]", "::1", "a%2fb", "a%41", "a%", "a?b", "a#b", "a\\b",
                           "http://a", "caf\xc3\xa9", "<a>", "a\"b"}) {
    expect_refused(Parsed(head_of("GET / HTTP/1.1", "Host: " + std::string(host) + "\r\n")));
    if (*host != '\0') expect_refused(Parsed(head_of("GET / HTTP/1.0", "Host: " + std::string(host) + "\r\n")));
  }
}

TEST(RequestHead, TrimsValuesAndKeepsWhatIsInside) {
  const Parsed parsed = with_fields("X-A: \t a b\t c \t\r\nX-B:\r\nX-C:x\r\nX-D: \xc3\xa9\r\n");
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed.head.fields.find("x-a")->value, "a b\t c");
  EXPECT_EQ(parsed.head.fields.find("X-B")->value, "");
  EXPECT_EQ(parsed.head.fields.find("X-C")->value, "x");
  EXPECT_EQ(parsed.head.fields.find("X-D")->value, "\xc3\xa9");
  EXPECT_EQ(parsed.head.fields.find("X-E"), nullptr);
}

TEST(RequestHead, RefusesMalformedFieldLines) {
  const std::string nul(1, '\0');
  for (const std::string& line :
       {std::string(": x"), std::string("x"), std::string("X : y"), std::string("X\t: y"), std::string(" X: y"),
        std::string("X: y\r\n folded"), std::string("X: y\r\n\tfolded"), std::string("X(: y"), "X: " + nul,
        std::string("X: \x7f"), std::string("X: \x01"), std::string("X: a\rb"), std::string("X: a\nY: b"),
        std::string("X\xc3\xa9: y"), std::string("X y: z"), std::string("\"X\": y")}) {
    expect_refused(with_fields(line + "\r\n"));
  }
}

TEST(RequestHead, RefusesBytesBehindItsEndAndTruncatedHeads) {
  expect_refused(Parsed("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET"));
  const std::string whole = head_of("GET / HTTP/1.1");
  for (std::size_t length = 0; length < whole.size(); ++length) expect_refused(Parsed(whole.substr(0, length)));
}

TEST(RequestHead, HoldsAHundredFieldsAndNoMore) {
  std::string fields;
  for (int i = 0; i < 99; ++i) fields += "X: y\r\n";
  EXPECT_TRUE(with_fields(fields).ok());
  expect_refused(with_fields(fields + "X: y\r\n"), Reason::HeadTooLarge);
}

TEST(RequestHead, RefusesNamesThatImitateOthersWithUnderscores) {
  for (const char* field : {"Content_Length", "content_type", "X_Forwarded_For", "X-Forwarded_Proto", "TRANSFER_ENCODING",
                            "x_mlgateway_version", "X-Mlgateway_Anything_At_All"}) {
    expect_refused(with_fields(std::string(field) + ": 1\r\n"));
  }
  EXPECT_TRUE(with_fields("my_header: 1\r\nContent_Lengths: 1\r\n_: 1\r\n").ok());
}

TEST(RequestHead, RefusesTwoContentTypes) {
  expect_refused(with_fields("Content-Type: text/plain\r\ncontent-type: text/plain\r\n"));
}

TEST(RequestHead, FramesByContentLength) {
  const Parsed parsed = with_fields("content-length: 0017\r\n");
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed.head.framing, Framing::Length);
  EXPECT_EQ(parsed.head.content_length, 17u);
  EXPECT_EQ(with_fields("Content-Length: 9999999999999999999\r\n").head.content_length, 9999999999999999999u);
  EXPECT_EQ(Parsed(head_of("GET / HTTP/1.1", "Host: a\r\nContent-Length: 5\r\n")).head.content_length, 5u);
}

TEST(RequestHead, RefusesEveryOtherContentLength) {
  for (const char* value : {"", "-1", "+1", "1,1", "1, 1", "0x1", "1 1", "1.0", "1e3", "\"1\"", "99999999999999999999",
                            "18446744073709551616", "\xd9\xa1"}) {
    expect_refused(with_fields("Content-Length: " + std::string(value) + "\r\n"));
  }
  expect_refused(with_fields("Content-Length: 1\r\nContent-Length: 1\r\n"));
  expect_refused(with_fields("Content-Length: 1\r\nContent-Length: 2\r\n"));
}

TEST(RequestHead, FramesByChunks) {
  EXPECT_EQ(with_fields("Transfer-Encoding: chunked\r\n").head.framing, Framing::Chunked);
  EXPECT_EQ(with_fields("transfer-encoding:\tChUnKeD \r\n").head.framing, Framing::Chunked);
}

TEST(RequestHead, RefusesContentLengthBesideTransferEncoding) {
  expect_refused(with_fields("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"));
  expect_refused(with_fields("Transfer-Encoding: chunked\r\nContent-Length: 1\r\n"));
  expect_refused(with_fields("Transfer-Encoding: gzip\r\nContent-Length: 1\r\n"));
}

TEST(RequestHead, RefusesTransferEncodingInHttp10) {
  expect_refused(Parsed(head_of("POST / HTTP/1.0", "Transfer-Encoding: chunked\r\n")));
}

TEST(RequestHead, TellsUnknownTransferCodingsFromMalformedOnes) {
  for (const char* value : {"gzip", "gzip, chunked", "identity", "xchunked", "chunkedchunked", "chunked;a=b"}) {
    expect_refused(with_fields("Transfer-Encoding: " + std::string(value) + "\r\n"), Reason::UnsupportedTransferCoding);
  }
  for (const char* value : {"", ",", "chunked, gzip", "chunked, chunked", "chunked,", ",chunked", "\"chunked\"", "chunked\v"}) {
    expect_refused(with_fields("Transfer-Encoding: " + std::string(value) + "\r\n"));
  }
  expect_refused(with_fields("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"));
  expect_refused(with_fields("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n"));
}

TEST(RequestHead, RefusesTraceWithABody) {
  EXPECT_TRUE(Parsed(head_of("TRACE / HTTP/1.1")).ok());
  expect_refused(Parsed(head_of("TRACE / HTTP/1.1", "Host: a\r\nContent-Length: 5\r\n")));
  expect_refused(Parsed(head_of("TRACE / HTTP/1.1", "Host: a\r\nTransfer-Encoding: chunked\r\n")));
}

TEST(RequestHead, KeepsHttp11AliveUnlessToldOtherwise) {
  EXPECT_TRUE(with_fields("").head.keep_alive);
  EXPECT_FALSE(with_fields("Connection: close\r\n").head.keep_alive);
  EXPECT_FALSE(with_fields("Connection: x\r\nConnection: , keep-alive ,Close\r\n").head.keep_alive);
}

TEST(RequestHead, KeepsHttp10AliveOnlyWhenAsked) {
  EXPECT_FALSE(Parsed(head_of("GET / HTTP/1.0", "")).head.keep_alive);
  EXPECT_TRUE(Parsed(head_of("GET / HTTP/1.0", "Connection: Keep-Alive\r\n")).head.keep_alive);
  EXPECT_FALSE(Parsed(head_of("GET / HTTP/1.0", "Connection: Keep-Alive, close\r\n")).head.keep_alive);
}

TEST(RequestHead, MarksHopByHopFields) {
  const Parsed parsed = with_fields(
      "Keep-Alive: 5\r\nTE: trailers\r\nTrailer: x\r\nUpgrade: y\r\nProxy-Connection: z\r\nProxy-Authorization: p\r\n"
      "X-Mine: 1\r\nX-Other: 2\r\nConnection: x-mine, te\r\n");
  ASSERT_TRUE(parsed.ok());
  for (const Field& field : parsed.head.fields) {
    const bool end_to_end = field.name == "Host" || field.name == "X-Other";
    EXPECT_EQ(field.hop_by_hop, !end_to_end) << field.name;
  }
}

TEST(RequestHead, RefusesConnectionOptionsThatNameEssentialFields) {
  for (const char* option : {"host", "Content-Length", "content-type", "Authorization", "x-forwarded-for", "traceparent"}) {
    expect_refused(with_fields("Connection: close, " + std::string(option) + "\r\n"));
  }
  expect_refused(with_fields("Connection: a b\r\n"));
  expect_refused(with_fields("Connection: \"a\"\r\n"));
}

TEST(RequestHead, BoundsConnectionOptions) {
  std::string options = "a";
  for (int i = 1; i < 32; ++i) options += ",a";
  EXPECT_TRUE(with_fields("Connection: " + options + "\r\n").ok());
  expect_refused(with_fields("Connection: " + options + ",a\r\n"), Reason::HeadTooLarge);
}

TEST(RequestHead, MeetsNoExpectationBut100Continue) {
  EXPECT_TRUE(with_fields("Expect: 100-Continue\r\nContent-Length: 1\r\n").head.expect_continue);
  EXPECT_TRUE(with_fields("Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n").head.expect_continue);
  EXPECT_FALSE(with_fields("Expect: 100-continue\r\n").head.expect_continue);
  expect_refused(with_fields("Expect: 200-ok\r\n"), Reason::ExpectationFailed);
  expect_refused(with_fields("Expect: \r\n"), Reason::ExpectationFailed);
  const Parsed old(head_of("POST / HTTP/1.0", "Expect: 100-continue\r\nContent-Length: 1\r\n"));
  ASSERT_TRUE(old.ok());
  EXPECT_FALSE(old.head.expect_continue);
}

TEST(RequestHead, TellsTheCallerWhichRuleWasBroken) {
  EXPECT_EQ(with_fields("Host: b\r\n").status.error().detail, "more than one Host");
}

}  // namespace
}  // namespace mlgateway::http
