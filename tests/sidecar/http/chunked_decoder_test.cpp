#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "sidecar/http/strict.hpp"

namespace mlgateway::http {
namespace {

struct Decoded {
  std::string body;
  std::string trailers;
  std::size_t consumed = 0;

  bool operator==(const Decoded&) const = default;
};

// Feeds `bytes` in pieces of `piece` bytes; nullopt when the decoder refuses or wants more at the end.
std::optional<Decoded> decode(std::string_view bytes, std::size_t piece = std::string_view::npos) {
  ChunkedDecoder decoder;
  Decoded decoded;
  std::size_t available = 0;
  while (available < bytes.size()) {
    available += std::min(piece, bytes.size() - available);
    while (decoded.consumed < available) {
      const auto step = decoder.step(bytes.substr(decoded.consumed, available - decoded.consumed));
      if (!step) return std::nullopt;
      decoded.body += step->data;
      decoded.consumed += step->consumed;
      if (!step->done) continue;
      decoded.trailers = decoder.trailers();
      return decoded;
    }
  }
  return std::nullopt;
}

bool refuses(std::string_view bytes) {
  ChunkedDecoder decoder;
  while (!bytes.empty()) {
    const auto step = decoder.step(bytes);
    if (!step) return step.error().reason == Reason::MalformedRequest;
    if (step->done) return false;
    bytes.remove_prefix(step->consumed);
  }
  return false;
}

TEST(ChunkedDecoder, JoinsChunksAndStopsBehindTheLast) {
  const auto decoded = decode("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\nGET");
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->body, "hello world");
  EXPECT_EQ(decoded->trailers, "");
  EXPECT_EQ(decoded->consumed, 26u);
}

TEST(ChunkedDecoder, ReadsASingleChunkInOneStep) {
  const std::string bytes = "5\r\nhello\r\n0\r\n\r\n";
  ChunkedDecoder decoder;
  const auto step = decoder.step(bytes);
  ASSERT_TRUE(step);
  EXPECT_EQ(step->data, "hello");
  EXPECT_EQ(step->consumed, bytes.size());
  EXPECT_TRUE(step->done);
}

TEST(ChunkedDecoder, ReadsNothingOnceItIsDone) {
  ChunkedDecoder decoder;
  ASSERT_TRUE(decoder.step("0\r\n\r\n")->done);
  const auto step = decoder.step("5\r\n");
  ASSERT_TRUE(step);
  EXPECT_TRUE(step->done);
  EXPECT_EQ(step->consumed, 0u);
}

TEST(ChunkedDecoder, ReadsSizesInEitherCaseAndWithLeadingZeros) {
  EXPECT_EQ(decode("00a\r\n0123456789\r\nA\r\n0123456789\r\n000\r\n\r\n")->body, "01234567890123456789");
}

TEST(ChunkedDecoder, HandsOutTheDataInFrontOfAFaultAndThenFailsForGood) {
  const std::string bytes = "5\r\nhelloX";
  ChunkedDecoder decoder;
  const auto step = decoder.step(bytes);
  ASSERT_TRUE(step);
  EXPECT_EQ(step->data, "hello");
  EXPECT_FALSE(decoder.step(bytes.substr(step->consumed)).ok());
  EXPECT_FALSE(decoder.step("\r\n0\r\n\r\n").ok());
}

TEST(ChunkedDecoder, RefusesMalformedSizes) {
  for (const char* bytes : {"\r\n",
                            "x\r\n",
                            " 5\r\n",
                            "5 \r\n",
                            "5\t\r\n",
                            "0x5\r\n",
                            "-1\r\n",
                            "+5\r\n",
                            "5\n",
                            "5\rh",
                            "5,\r\n",
                            "5\r\r\n",
                            "10000000000000000\r\n",
                            "00000000000000000\r\n",
                            "FFFFFFFFFFFFFFFF0\r\n",
                            "5\r\nhelloo",
                            "5\r\nhello\n",
                            "5\r\nhello\rx",
                            "5\r\nhello0\r\n\r\n",
                            "0\r\n\n",
                            "0\n\r\n",
                            "0\r\n\rx"}) {
    EXPECT_TRUE(refuses(bytes)) << testing::PrintToString(bytes);
  }
  EXPECT_FALSE(refuses("ffffffffffffffff\r\nabc"));
}

TEST(ChunkedDecoder, DropsValidExtensions) {
  for (const char* extension : {";a", ";a=b", ";a;b=c", ";a=\"x y\\\" ;\\\\\xc3\xa9\t\"", ";a=\"\";b"}) {
    EXPECT_EQ(decode("5" + std::string(extension) + "\r\nhello\r\n0" + extension + "\r\n\r\n")->body, "hello")
        << extension;
  }
}

TEST(ChunkedDecoder, RefusesMalformedExtensions) {
  for (const char* extension :
       {";", ";;a", ";a=", ";=b", "; a", ";a =b", ";a= b", ";a ", ";a=b;", ";a=\"x", ";a=\"x\"y", ";a=b c",
        ";a=\"\x01\"", ";a\n", ";a=b\n", ";a=\"x\n", ";a=\"\\\x7f\"", ";(", " ;a"}) {
    EXPECT_TRUE(refuses("5" + std::string(extension) + "\r\nhello\r\n")) << testing::PrintToString(extension);
  }
}

TEST(ChunkedDecoder, BoundsTheExtensionsOfEachChunk) {
  const std::string fits = "1;" + std::string(4000, 'a') + "\r\nx\r\n";
  EXPECT_EQ(decode(fits + fits + "0\r\n\r\n")->body, "xx");
  EXPECT_TRUE(refuses("1;" + std::string(4096, 'a') + "\r\nx\r\n"));
}

TEST(ChunkedDecoder, KeepsTrailersApart) {
  const auto decoded = decode("1\r\nx\r\n0\r\nX-Checksum:abc  \r\nx-b: \xc3\xa9 z\r\n\r\n");
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->body, "x");
  EXPECT_EQ(decoded->trailers, "X-Checksum: abc\r\nx-b: \xc3\xa9 z\r\n");
}

TEST(ChunkedDecoder, DropsTrailersThatBelongIntoTheHead) {
  for (const char* field :
       {"Content-Length", "transfer-encoding", "Host", "Authorization", "Connection", "Trailer", "Cookie", "Set-Cookie",
        "X-Api-Key", "X-Forwarded-For", "x-mlgateway-version", "Content_Length", "Range", "Cache-Control",
        "Content-Type", "Expect", "X-Request-Id", "TE", "Content-Encoding"}) {
    EXPECT_EQ(decode("0\r\n" + std::string(field) + ": 1\r\nX-A: 2\r\n\r\n")->trailers, "X-A: 2\r\n") << field;
  }
}

TEST(ChunkedDecoder, RefusesMalformedTrailers) {
  for (const char* line : {"x", ": y", "x : y", " x: y", "x: y\r\n folded", "x: a\x01", "x: \x7f", "x\n: y",
                           "x: y\nz: a", "x: a\rb", "x y: z"}) {
    EXPECT_TRUE(refuses("0\r\n" + std::string(line) + "\r\n\r\n")) << testing::PrintToString(line);
  }
}

TEST(ChunkedDecoder, BoundsTrailersInBytesAndLines) {
  std::string lines;
  for (int i = 0; i < 32; ++i) lines += "x: y\r\n";
  EXPECT_TRUE(decode("0\r\n" + lines + "\r\n"));
  EXPECT_TRUE(refuses("0\r\n" + lines + "x: y\r\n\r\n"));
  EXPECT_TRUE(decode("0\r\nx: " + std::string(8000, 'y') + "\r\n\r\n"));
  EXPECT_TRUE(refuses("0\r\nx: " + std::string(8192, 'y') + "\r\n\r\n"));
}

TEST(ChunkedDecoder, WaitsForMoreWhileTheBodyIsIncomplete) {
  const std::string whole = "5;a=\"b\"\r\nhello\r\n0\r\nX: y\r\n\r\n";
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_FALSE(refuses(whole.substr(0, length))) << length;
    EXPECT_FALSE(decode(whole.substr(0, length))) << length;
  }
}

TEST(ChunkedDecoder, DoesNotCareHowBytesArrive) {
  const std::string whole =
      "5;a=\"b\";c\r\nhello\r\n0a\r\n0123456789\r\n1\r\n\r\r\n0;x\r\nX: y\r\nHost: z\r\nZ: a\r\n\r\nrest";
  const auto at_once = decode(whole);
  ASSERT_TRUE(at_once);
  for (std::size_t piece = 1; piece < whole.size(); ++piece) EXPECT_EQ(decode(whole, piece), at_once) << piece;
}

}  // namespace
}  // namespace mlgateway::http
