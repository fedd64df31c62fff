// When a loop sends, in turns with little and with much to do: over socketpairs, no port, no sleep.
#include <array>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sidecar/net/loop.hpp"
#include "sidecar/net/socket.hpp"
#include "sidecar/net/task.hpp"

namespace mlgateway::net {
namespace {

constexpr std::size_t kFew = 2;
constexpr std::size_t kMany = 16;

// Conversations that all hear of their peer in one turn.
class TurnTest : public testing::Test {
 public:
  ~TurnTest() override {
    for (const int peer : peers_) close(peer);
  }

  void converse(std::size_t count) {
    left_ = count;
    for (std::size_t i = 0; i < count; ++i) {
      std::array<int, 2> ends{};
      ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()), 0);
      sockets_.push_back(std::make_unique<Socket>(loop_, ends[0]));
      peers_.push_back(ends[1]);
      ASSERT_EQ(write(ends[1], "?", 1), 1);
    }
    for (std::size_t i = 0; i < count; ++i) spawn(answer(i));
    loop_.run();
  }

  Task<void> answer(std::size_t i) {
    char byte;
    const ReadResult heard = co_await sockets_[i]->read_some({&byte, 1}, Instant::max());
    EXPECT_EQ(heard.status, IoStatus::Ok);
    order_ += 'r';
    if (i + 1 == victim_of_) sockets_.front()->cancel();
    std::array<iovec, 1> pieces{iovec{&byte, 1}};
    const IoStatus sent = co_await sockets_[i]->write_all(pieces, Instant::max());
    order_ += 'w';
    outcomes_.push_back(sent);
    if (victim_of_ != 0 && i == 0) sockets_.front().reset();
    if (--left_ == 0) loop_.stop();
  }

  Loop loop_;
  std::vector<std::unique_ptr<Socket>> sockets_;
  std::vector<int> peers_;
  std::size_t left_ = 0;
  std::size_t victim_of_ = 0;  // who cancels the first socket, counted from one; 0: nobody
  std::string order_;
  std::vector<IoStatus> outcomes_;
};

TEST_F(TurnTest, SendsAtOnceWithLittleToDo) {
  converse(kFew);
  EXPECT_EQ(order_, "rwrw");
}

TEST_F(TurnTest, SendsInARowAtTheEndOfABusyTurn) {
  converse(kMany);
  EXPECT_EQ(order_, std::string(kMany, 'r') + std::string(kMany, 'w'));
  for (const int peer : peers_) {
    char byte = 0;
    EXPECT_EQ(read(peer, &byte, 1), 1);
    EXPECT_EQ(byte, '?');
  }
}

TEST_F(TurnTest, ForgetsASocketThatEndsBeforeItsTurnDoes) {
  victim_of_ = kMany;
  converse(kMany);
  ASSERT_EQ(outcomes_.size(), kMany);
  EXPECT_EQ(outcomes_.front(), IoStatus::Cancelled);
  EXPECT_EQ(outcomes_.back(), IoStatus::Ok);
}

}  // namespace
}  // namespace mlgateway::net
