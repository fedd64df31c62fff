#include <string>

#include <gtest/gtest.h>

#include "sidecar/http/strict.hpp"

namespace mlgateway::http {
namespace {

struct Parsed {
  explicit Parsed(std::string text, std::string_view method = "POST")
      : bytes(std::move(text)), status(parse_response_head(bytes, method, head)) {}

  bool ok() const { return status.ok(); }

  std::string bytes;
  ResponseHead head;
  Status status;
};

Parsed answer(const std::string& status_line, const std::string& fields = "", std::string_view method = "POST") {
  return Parsed(status_line + "\r\n" + fields + "\r\n", method);
}

void expect_refused(const Parsed& parsed) {
  ASSERT_FALSE(parsed.ok()) << testing::PrintToString(parsed.bytes);
  EXPECT_EQ(parsed.status.error().reason, Reason::UpstreamMalformed);
  EXPECT_EQ(parsed.status.error().detail, "") << "the caller must not learn what the model did";
}

TEST(ResponseHead, ReadsTheStatusLine) {
  const Parsed parsed = answer("HTTP/1.1 404 Not  Found", "Content-Length: 5\r\n");
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed.head.status, 404);
  EXPECT_EQ(parsed.head.reason_phrase, "Not  Found");
  EXPECT_EQ(parsed.head.minor_version, 1);
  EXPECT_EQ(parsed.head.size, parsed.bytes.size());
  EXPECT_EQ(parsed.head.framing, Framing::Length);
  EXPECT_EQ(parsed.head.content_length, 5u);
  EXPECT_TRUE(parsed.head.keep_alive);
}

TEST(ResponseHead, AcceptsAMissingReasonPhrase) {
  EXPECT_EQ(answer("HTTP/1.1 200 ").head.status, 200);
  EXPECT_EQ(answer("HTTP/1.1 200").head.status, 200);
}

TEST(ResponseHead, RefusesAMalformedStatusLine) {
  for (const char* line : {"HTTP/1.1  200 OK", "HTTP/1.1 20 OK", "HTTP/1.1 2000 OK", "HTTP/1.1 099 X", "HTTP/1.1 600 X",
                           "HTTP/1.1 2x0 OK", "HTTP/2.0 200 OK", "HTTP/1.2 200 OK", "http/1.1 200 OK", "HTTP/1.1",
                           "HTTP/1.1 ", "HTTP/1.1 200OK", "HTTP/1.1\t200 OK", "ICY 200 OK", "HTTP/1.1 -10 OK",
                           "HTTP/1.1 200\tOK", "HTTP/1.1 200 \x01", "", "\r\nHTTP/1.1 200 OK"}) {
    expect_refused(answer(line));
  }
}

TEST(ResponseHead, RefusesMalformedFields) {
  for (const char* fields :
       {"X : y\r\n", " X: y\r\n", "X: y\r\n folded\r\n", "X\r\n", ": y\r\n", "X: a\rb\r\n", "X: a\nY: b\r\n"}) {
    expect_refused(answer("HTTP/1.1 200 OK", fields));
  }
}

TEST(ResponseHead, FramesByChunksLengthOrClose) {
  EXPECT_EQ(answer("HTTP/1.1 200 OK", "Transfer-Encoding: Chunked\r\n").head.framing, Framing::Chunked);
  EXPECT_EQ(answer("HTTP/1.1 200 OK", "Content-Length: 0\r\n").head.framing, Framing::Length);
  const Parsed until_close = answer("HTTP/1.1 200 OK", "Connection: keep-alive\r\n");
  EXPECT_EQ(until_close.head.framing, Framing::UntilClose);
  EXPECT_FALSE(until_close.head.keep_alive);
}

TEST(ResponseHead, RefusesAmbiguousFraming) {
  for (const char* fields :
       {"Content-Length: 1\r\nContent-Length: 1\r\n", "Content-Length: 1, 1\r\n", "Content-Length: -1\r\n",
        "Content-Length: \r\n", "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: gzip\r\n",
        "Transfer-Encoding: gzip, chunked\r\n", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "Connection: content-length\r\nContent-Length: 1\r\n"}) {
    expect_refused(answer("HTTP/1.1 200 OK", fields));
  }
  expect_refused(answer("HTTP/1.0 200 OK", "Transfer-Encoding: chunked\r\n"));
}

TEST(ResponseHead, HasNoBodyWhereThereCanBeNone) {
  for (const char* line :
       {"HTTP/1.1 100 Continue", "HTTP/1.1 103 Early Hints", "HTTP/1.1 204 No Content", "HTTP/1.1 304 Not Modified"}) {
    const Parsed parsed = answer(line);
    EXPECT_EQ(parsed.head.framing, Framing::None) << line;
    EXPECT_TRUE(parsed.head.keep_alive) << line;
  }
  const Parsed to_head = answer("HTTP/1.1 200 OK", "Content-Length: 5\r\n", "HEAD");
  EXPECT_EQ(to_head.head.framing, Framing::None);
  EXPECT_TRUE(to_head.head.has_content_length);
  EXPECT_EQ(to_head.head.content_length, 5u);
  EXPECT_EQ(answer("HTTP/1.1 200 OK", "Transfer-Encoding: chunked\r\n", "HEAD").head.framing, Framing::None);
}

TEST(ResponseHead, RefusesABodyAnnouncedWhereThereCanBeNone) {
  EXPECT_TRUE(answer("HTTP/1.1 204 No Content", "Content-Length: 0\r\n").ok());
  expect_refused(answer("HTTP/1.1 204 No Content", "Content-Length: 1\r\n"));
  expect_refused(answer("HTTP/1.1 204 No Content", "Transfer-Encoding: chunked\r\n"));
  expect_refused(answer("HTTP/1.1 100 Continue", "Content-Length: 1\r\n"));
}

TEST(ResponseHead, ClosesWhenEitherVersionOrFieldSaysSo) {
  EXPECT_FALSE(answer("HTTP/1.1 200 OK", "Content-Length: 0\r\nConnection: close\r\n").head.keep_alive);
  EXPECT_FALSE(answer("HTTP/1.0 200 OK", "Content-Length: 0\r\n").head.keep_alive);
  EXPECT_TRUE(answer("HTTP/1.0 200 OK", "Content-Length: 0\r\nConnection: keep-alive\r\n").head.keep_alive);
}

TEST(ResponseHead, AcceptsNamesWithUnderscoresFromTheModel) {
  EXPECT_TRUE(answer("HTTP/1.1 200 OK", "content_type: x\r\n").ok());
}

}  // namespace
}  // namespace mlgateway::http
