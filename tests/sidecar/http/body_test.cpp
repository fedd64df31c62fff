#include "sidecar/http/body.hpp"

#include <gtest/gtest.h>

namespace mlgateway::http {
namespace {

std::span<char> bytes(std::string& text) { return {text.data(), text.size()}; }

TEST(BodyDecoder, HasNothingToDoWithoutABody) {
  BodyDecoder body;
  body.begin(Framing::None, 0);
  EXPECT_TRUE(body.finished());
  EXPECT_EQ(body.wanted(), 0u);
}

TEST(BodyDecoder, TakesOnlyItsLengthAndLeavesTheNextRequest) {
  std::string input = "12345GET /";
  BodyDecoder body;
  body.begin(Framing::Length, 5);
  const auto piece = body.decode(bytes(input));
  ASSERT_TRUE(piece.ok());
  EXPECT_EQ(piece->data, "12345");
  EXPECT_EQ(piece->consumed, 5u);
  EXPECT_TRUE(body.finished());
}

TEST(BodyDecoder, TellsHowMuchALengthStillWants) {
  std::string input = "123";
  BodyDecoder body;
  body.begin(Framing::Length, 10);
  ASSERT_TRUE(body.decode(bytes(input)).ok());
  EXPECT_EQ(body.wanted(), 7u);
  EXPECT_FALSE(body.finished());
}

TEST(BodyDecoder, MovesSmallChunksTogether) {
  std::string input = "1\r\na\r\n2\r\nbc\r\n3\r\ndef\r\n0\r\n\r\nGET /";
  BodyDecoder body;
  body.begin(Framing::Chunked, 0);
  const auto piece = body.decode(bytes(input));
  ASSERT_TRUE(piece.ok());
  EXPECT_EQ(piece->data, "abcdef");
  EXPECT_TRUE(body.finished());
  EXPECT_EQ(input.substr(piece->consumed), "GET /");
}

TEST(BodyDecoder, GivesTheSameBodyHoweverTheChunksAreCut) {
  const std::string wire = "5\r\nhello\r\n6;ext=1\r\n world\r\n0\r\nx-sum: 1\r\n\r\n";
  for (std::size_t cut = 1; cut < wire.size(); ++cut) {
    BodyDecoder body;
    body.begin(Framing::Chunked, 0);
    std::string all;
    for (std::size_t at = 0; at < wire.size(); at += cut) {
      std::string part = wire.substr(at, cut);
      const auto piece = body.decode(bytes(part));
      ASSERT_TRUE(piece.ok()) << "cut " << cut;
      all += piece->data;
    }
    EXPECT_EQ(all, "hello world") << "cut " << cut;
    EXPECT_TRUE(body.finished()) << "cut " << cut;
    EXPECT_EQ(body.trailers(), "x-sum: 1\r\n") << "cut " << cut;
  }
}

TEST(BodyDecoder, RefusesAChunkSizeThatIsNone) {
  std::string input = "zz\r\nab";
  BodyDecoder body;
  body.begin(Framing::Chunked, 0);
  EXPECT_FALSE(body.decode(bytes(input)).ok());
}

TEST(BodyDecoder, EndsWithTheConnectionOnlyWhereTheFramingSaysSo) {
  BodyDecoder until_close, length;
  until_close.begin(Framing::UntilClose, 0);
  length.begin(Framing::Length, 3);
  EXPECT_TRUE(until_close.end_of_input());
  EXPECT_FALSE(length.end_of_input());
}

}  // namespace
}  // namespace mlgateway::http
