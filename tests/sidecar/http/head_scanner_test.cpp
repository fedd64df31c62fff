#include <string>

#include <gtest/gtest.h>

#include "sidecar/http/strict.hpp"

namespace mlgateway::http {
namespace {

constexpr std::string_view kHead = "POST /a HTTP/1.1\r\nHost: a\r\nX: \ty z\xc3\xa9\r\n\r\n";

Result<std::size_t> scan_once(std::string_view bytes, const HeadLimits& limits = {}) {
  return HeadScanner(limits).scan(bytes);
}

// What a scanner says that sees one byte more each time.
Result<std::size_t> scan_bytewise(std::string_view bytes) {
  HeadScanner scanner;
  for (std::size_t length = 1; length <= bytes.size(); ++length) {
    auto result = scanner.scan(bytes.substr(0, length));
    if (!result || *result != 0) return result;
  }
  return std::size_t{0};
}

bool refuses(std::string_view bytes, Reason reason = Reason::MalformedRequest) {
  const auto result = scan_once(bytes);
  return !result && result.error().reason == reason;
}

TEST(HeadScanner, FindsTheEndOfAHeadAndIgnoresWhatFollows) {
  EXPECT_EQ(*scan_once(kHead), kHead.size());
  EXPECT_EQ(*scan_once(std::string(kHead) + "\x01\n\r body"), kHead.size());
}

TEST(HeadScanner, WaitsForTheRest) {
  for (std::size_t length = 0; length < kHead.size(); ++length)
    EXPECT_EQ(*scan_once(kHead.substr(0, length)), 0u) << length;
}

TEST(HeadScanner, TakesOneLeadingCrlfAsPartOfTheHead) {
  EXPECT_EQ(*scan_once("\r\n" + std::string(kHead)), kHead.size() + 2);
  EXPECT_EQ(*scan_once("\r\n"), 0u);
  EXPECT_TRUE(refuses("\r\n\r\n"));
}

TEST(HeadScanner, RefusesAtTheFirstHopelessByte) {
  for (const std::string& bytes :
       {std::string("\x16\x03\x01"), std::string("\n"), std::string("\rG"), std::string(" GET"), std::string("\tGET"),
        std::string("GET / HTTP/1.1\n"), std::string("GET / HTTP/1.1\r\r"), std::string("GET / HTTP/1.1\r\nA: b\n"),
        std::string("GET / HTTP/1.1\r\n "), std::string("GET / HTTP/1.1\r\nA: b\r\n\tc"), std::string("GET /\x7f"),
        std::string("GET /") + '\0'}) {
    EXPECT_TRUE(refuses(bytes)) << testing::PrintToString(bytes);
  }
}

TEST(HeadScanner, LooksAtEveryControlCharacterWhereverItStands) {
  for (int byte = 0; byte < 256; ++byte) {
    const bool is_control = (byte < 0x20 && byte != '\t') || byte == 0x7f;
    if (byte == '\r') continue;
    for (std::size_t offset = 0; offset < 20; ++offset) {
      std::string bytes = "GET /" + std::string(20, 'a');
      bytes[5 + offset] = static_cast<char>(byte);
      EXPECT_EQ(refuses(bytes), is_control) << byte << " at " << offset;
    }
  }
}

TEST(HeadScanner, DoesNotCareHowBytesArrive) {
  for (const std::string& bytes :
       {std::string(kHead), "\r\n" + std::string(kHead) + "body", std::string("GET / HTTP/1.1\r\n x"),
        std::string("GET / HTTP/1.1\nHost: a"), std::string("\r\n\r\n"), std::string("a\rb")}) {
    const auto at_once = scan_once(bytes);
    const auto bytewise = scan_bytewise(bytes);
    ASSERT_EQ(at_once.ok(), bytewise.ok()) << testing::PrintToString(bytes);
    if (at_once.ok()) {
      EXPECT_EQ(*at_once, *bytewise);
      continue;
    }
    EXPECT_EQ(at_once.error().reason, bytewise.error().reason);
  }
}

TEST(HeadScanner, BeginsAnewAfterReset) {
  HeadScanner scanner;
  ASSERT_EQ(*scanner.scan(kHead), kHead.size());
  scanner.reset();
  EXPECT_EQ(*scanner.scan(kHead.substr(0, 10)), 0u);
  EXPECT_EQ(*scanner.scan(kHead), kHead.size());
}

TEST(HeadScanner, BoundsTheHead) {
  HeadLimits limits;
  limits.max_head_bytes = kHead.size();
  EXPECT_TRUE(scan_once(kHead, limits).ok());
  limits.max_head_bytes = kHead.size() - 1;
  const auto result = scan_once(kHead, limits);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().reason, Reason::HeadTooLarge);
  EXPECT_TRUE(refuses("GET / HTTP/1.1\r\nA: " + std::string(33000, 'a'), Reason::HeadTooLarge));
}

TEST(HeadScanner, LetsTheNarrowerBoundDecideHoweverBytesArrive) {
  HeadLimits limits;
  limits.max_head_bytes = 100;
  const std::string bytes = "GET /" + std::string(9000, 'a');
  EXPECT_EQ(scan_once(bytes, limits).error().reason, Reason::HeadTooLarge);
  EXPECT_EQ(scan_once(bytes.substr(0, 101), limits).error().reason, Reason::HeadTooLarge);
}

TEST(HeadScanner, RefusesAnEndlessFirstLineBeforeItsEnd) {
  EXPECT_TRUE(refuses("GET /" + std::string(9000, 'a'), Reason::UriTooLong));
  EXPECT_TRUE(refuses(std::string(9000, 'A')));
  EXPECT_EQ(*scan_once("GET /" + std::string(8191, 'a')), 0u);
}

}  // namespace
}  // namespace mlgateway::http
