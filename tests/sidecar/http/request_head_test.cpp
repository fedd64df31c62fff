#include <string>

#include <gtest/gtest.h>

#include "tests/sidecar/http/parsed_request.hpp"

namespace mlgateway::http {
namespace {

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

TEST(RequestHead, TrimsValuesAndKeepsWhatIsInside) {
  const ParsedRequest parsed = with_fields("X-A: \t a b\t c \t\r\nX-B:\r\nX-C:x\r\nX-D: \xc3\xa9\r\n");
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
  expect_refused(ParsedRequest("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET"));
  const std::string whole = head_of("GET / HTTP/1.1");
  for (std::size_t length = 0; length < whole.size(); ++length) expect_refused(ParsedRequest(whole.substr(0, length)));
}

TEST(RequestHead, HoldsAHundredFieldsAndNoMore) {
  std::string fields;
  for (int i = 0; i < 99; ++i) fields += "X: y\r\n";
  EXPECT_TRUE(with_fields(fields).ok());
  expect_refused(with_fields(fields + "X: y\r\n"), Reason::HeadTooLarge);
}

TEST(RequestHead, RefusesNamesThatImitateOthersWithUnderscores) {
  for (const char* field : {"Content_Length", "content_type", "X_Forwarded_For", "X-Forwarded_Proto",
                            "TRANSFER_ENCODING", "x_mlgateway_version", "X-Mlgateway_Anything_At_All"}) {
    expect_refused(with_fields(std::string(field) + ": 1\r\n"));
  }
  EXPECT_TRUE(with_fields("my_header: 1\r\nContent_Lengths: 1\r\n_: 1\r\n").ok());
}

TEST(RequestHead, RefusesTwoContentTypes) {
  expect_refused(with_fields("Content-Type: text/plain\r\ncontent-type: text/plain\r\n"));
}

TEST(RequestHead, FramesByContentLength) {
  const ParsedRequest parsed = with_fields("content-length: 0017\r\n");
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed.head.framing, Framing::Length);
  EXPECT_EQ(parsed.head.content_length, 17u);
  EXPECT_EQ(with_fields("Content-Length: 9999999999999999999\r\n").head.content_length, 9999999999999999999u);
  EXPECT_EQ(ParsedRequest(head_of("GET / HTTP/1.1", "Host: a\r\nContent-Length: 5\r\n")).head.content_length, 5u);
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
  expect_refused(ParsedRequest(head_of("POST / HTTP/1.0", "Transfer-Encoding: chunked\r\n")));
}

TEST(RequestHead, TellsUnknownTransferCodingsFromMalformedOnes) {
  for (const char* value : {"gzip", "gzip, chunked", "identity", "xchunked", "chunkedchunked", "chunked;a=b"}) {
    expect_refused(with_fields("Transfer-Encoding: " + std::string(value) + "\r\n"), Reason::UnsupportedTransferCoding);
  }
  for (const char* value :
       {"", ",", "chunked, gzip", "chunked, chunked", "chunked,", ",chunked", "\"chunked\"", "chunked\v"}) {
    expect_refused(with_fields("Transfer-Encoding: " + std::string(value) + "\r\n"));
  }
  expect_refused(with_fields("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"));
  expect_refused(with_fields("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n"));
}

TEST(RequestHead, RefusesTraceWithABody) {
  EXPECT_TRUE(ParsedRequest(head_of("TRACE / HTTP/1.1")).ok());
  expect_refused(ParsedRequest(head_of("TRACE / HTTP/1.1", "Host: a\r\nContent-Length: 5\r\n")));
  expect_refused(ParsedRequest(head_of("TRACE / HTTP/1.1", "Host: a\r\nTransfer-Encoding: chunked\r\n")));
}

TEST(RequestHead, KeepsHttp11AliveUnlessToldOtherwise) {
  EXPECT_TRUE(with_fields("").head.keep_alive);
  EXPECT_FALSE(with_fields("Connection: close\r\n").head.keep_alive);
  EXPECT_FALSE(with_fields("Connection: x\r\nConnection: , keep-alive ,Close\r\n").head.keep_alive);
}

TEST(RequestHead, KeepsHttp10AliveOnlyWhenAsked) {
  EXPECT_FALSE(ParsedRequest(head_of("GET / HTTP/1.0", "")).head.keep_alive);
  EXPECT_TRUE(ParsedRequest(head_of("GET / HTTP/1.0", "Connection: Keep-Alive\r\n")).head.keep_alive);
  EXPECT_FALSE(ParsedRequest(head_of("GET / HTTP/1.0", "Connection: Keep-Alive, close\r\n")).head.keep_alive);
}

TEST(RequestHead, MarksHopByHopFields) {
  const ParsedRequest parsed = with_fields(
      "Keep-Alive: 5\r\nTE: trailers\r\nTrailer: x\r\nUpgrade: y\r\nProxy-Connection: z\r\nProxy-Authorization: p\r\n"
      "X-Mine: 1\r\nX-Other: 2\r\nConnection: x-mine, te\r\n");
  ASSERT_TRUE(parsed.ok());
  for (const Field& field : parsed.head.fields) {
    const bool end_to_end = field.name == "Host" || field.name == "X-Other";
    EXPECT_EQ(field.hop_by_hop, !end_to_end) << field.name;
  }
}

TEST(RequestHead, RefusesConnectionOptionsThatNameEssentialFields) {
  for (const char* option :
       {"host", "Content-Length", "content-type", "Authorization", "x-forwarded-for", "traceparent"}) {
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
  const ParsedRequest old(head_of("POST / HTTP/1.0", "Expect: 100-continue\r\nContent-Length: 1\r\n"));
  ASSERT_TRUE(old.ok());
  EXPECT_FALSE(old.head.expect_continue);
}

TEST(RequestHead, TellsTheCallerWhichRuleWasBroken) {
  EXPECT_EQ(with_fields("Host: b\r\n").status.error().detail, "more than one Host");
}

}  // namespace
}  // namespace mlgateway::http
