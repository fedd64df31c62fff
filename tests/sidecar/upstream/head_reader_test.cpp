#include "sidecar/upstream/head_reader.hpp"

#include <string>

#include <gtest/gtest.h>

namespace mlgateway::upstream {
namespace {

using Next = HeadReader::Next;

constexpr std::string_view kHints = "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n";
constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";

class HeadReaderTest : public testing::Test {
 public:
  Result<Next> next() { return reader_.next(buffer_, "POST", head_); }

  http::Buffer buffer_;
  http::ResponseHead head_;
  HeadReader reader_;
};

TEST_F(HeadReaderTest, AsksForMoreUntilTheHeadIsThere) {
  for (const char byte : kOk) {
    const auto before = next();
    ASSERT_TRUE(before.ok());
    EXPECT_EQ(*before, Next::Read);
    ASSERT_GT(buffer_.free(), 0u);
    buffer_.append({&byte, 1});
  }
  EXPECT_EQ(*next(), Next::Answer);
  EXPECT_EQ(head_.status, 200);
  EXPECT_EQ(head_.size, kOk.size());
}

TEST_F(HeadReaderTest, TellsInterimAnswersFromTheAnswer) {
  buffer_.append(std::string(kHints) + std::string(kOk));
  EXPECT_EQ(*next(), Next::Interim);
  EXPECT_EQ(head_.status, 103);
  buffer_.consume(head_.size);
  EXPECT_EQ(*next(), Next::Answer);
}

TEST_F(HeadReaderTest, EndsAModelThatSendsOnlyInterimAnswers) {
  int interim = 0;
  while (true) {
    buffer_.append(kHints);
    const auto what = next();
    if (!what) {
      EXPECT_EQ(what.error().reason, Reason::UpstreamMalformed);
      break;
    }
    ASSERT_LT(++interim, 100);
    buffer_.consume(head_.size);
  }
  EXPECT_GE(interim, 10);
}

// The buffer may be at its end although most of it was consumed.
TEST_F(HeadReaderTest, MakesRoomBehindInterimAnswersThatWereConsumed) {
  const std::string hints = "HTTP/1.1 103 Early Hints\r\nLink: " + std::string(10'000, 'x') + "\r\n\r\n";
  buffer_.reserve(http::Buffer::kSmall);
  buffer_.append(hints);
  EXPECT_EQ(*next(), Next::Interim);
  buffer_.consume(head_.size);
  const std::string second = "HTTP/1.1 200 OK\r\nX: " + std::string(buffer_.free() - 20, 'y');
  buffer_.append(second);
  ASSERT_EQ(buffer_.free(), 0u);
  EXPECT_EQ(*next(), Next::Read);
  EXPECT_GT(buffer_.free(), 0u);
  buffer_.append("\r\n\r\n");
  EXPECT_EQ(*next(), Next::Answer);
  EXPECT_EQ(head_.status, 200);
}

TEST_F(HeadReaderTest, RefusesWhatIsNoAnswer) {
  for (const char* text : {"HTTP/1.1 101 Switching Protocols\r\n\r\n", "HTTP/2 200\r\n\r\n", "HTTP/1.1 200 OK\n",
                           "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n"}) {
    buffer_.clear();
    buffer_.append(text);
    HeadReader reader;
    const auto what = reader.next(buffer_, "POST", head_);
    ASSERT_FALSE(what.ok()) << text;
    EXPECT_EQ(what.error().reason, Reason::UpstreamMalformed) << text;
  }
}

}  // namespace
}  // namespace mlgateway::upstream
