// Sockets against the kernel, over a socketpair: no port, no sleep.
#include "sidecar/net/socket.hpp"

#include <array>
#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sidecar/net/task.hpp"

namespace mlgateway::net {
namespace {

using namespace std::chrono_literals;

class SocketTest : public testing::Test {
 public:
  void SetUp() override {
    std::array<int, 2> ends{};
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()), 0);
    socket_ = std::make_unique<Socket>(loop_, ends[0]);
    peer_ = ends[1];
  }
  void TearDown() override {
    socket_.reset();
    if (peer_ >= 0) close(peer_);
  }
  void peer_says(std::string_view text) {
    ASSERT_EQ(write(peer_, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  void peer_closes() {
    close(peer_);
    peer_ = -1;
  }
  std::string peer_hears(std::size_t size) {
    std::string text(size, '\0');
    const ssize_t got = read(peer_, text.data(), size);
    return text.substr(0, got > 0 ? static_cast<std::size_t>(got) : 0);
  }

  // Runs `task` to its end inside the loop, which is stopped then.
  void run(Task<void> task) {
    loop_.post([this, &task] { spawn(finish(std::move(task), loop_)); });
    loop_.run();
  }
  static Task<void> finish(Task<void> task, Loop& loop) {
    co_await task;
    loop.stop();
  }

  Loop loop_;
  std::unique_ptr<Socket> socket_;
  int peer_ = -1;
  std::array<char, 64> buffer_{};
};

Task<void> read_into(Socket& socket, std::span<char> buffer, Instant deadline, ReadResult& result) {
  result = co_await socket.read_some(buffer, deadline);
}

TEST_F(SocketTest, ReadsWhatThePeerSaid) {
  peer_says("hello");
  ReadResult result{};
  run(read_into(*socket_, buffer_, Instant::max(), result));
  EXPECT_EQ(result.status, IoStatus::Ok);
  EXPECT_EQ(std::string(buffer_.data(), result.bytes), "hello");
}

TEST_F(SocketTest, TellsThatThePeerClosed) {
  peer_closes();
  ReadResult result{};
  run(read_into(*socket_, buffer_, Instant::max(), result));
  EXPECT_EQ(result.status, IoStatus::Closed);
}

TEST_F(SocketTest, ReadsTheLastBytesOfAPeerThatClosed) {
  peer_says("bye");
  peer_closes();
  ReadResult first{};
  run(read_into(*socket_, buffer_, Instant::max(), first));
  EXPECT_EQ(first.bytes, 3u);
}

TEST_F(SocketTest, GivesUpAtTheDeadline) {
  ReadResult result{};
  run(read_into(*socket_, buffer_, std::chrono::steady_clock::now() + 10ms, result));
  EXPECT_EQ(result.status, IoStatus::TimedOut);
}

TEST_F(SocketTest, WakesAReaderThatIsCancelled) {
  ReadResult result{};
  loop_.post([this] { socket_->cancel(); });
  run(read_into(*socket_, buffer_, Instant::max(), result));
  EXPECT_EQ(result.status, IoStatus::Cancelled);
}

TEST_F(SocketTest, ReadsAgainAfterOnlyTheReadWasCancelled) {
  ReadResult result{};
  run([](Loop& loop, Socket& socket, std::span<char> buffer, int peer, ReadResult& into) -> Task<void> {
    loop.post([&socket] { socket.cancel_read(); });
    into = co_await socket.read_some(buffer, Instant::max());
    EXPECT_EQ(into.status, IoStatus::Cancelled);
    EXPECT_EQ(write(peer, "x", 1), 1);
    into = co_await socket.read_some(buffer, Instant::max());
  }(loop_, *socket_, buffer_, peer_, result));
  EXPECT_EQ(result.status, IoStatus::Ok);
}

TEST_F(SocketTest, WritesMoreThanTheKernelTakesAtOnce) {
  std::string large(4u << 20, 'x');
  std::size_t heard = 0;
  IoStatus status{};
  loop_.post([this, &heard, &large] {
    // Drains the peer between turns of the loop, until all has come.
    struct Drain {
      static void again(SocketTest& test, std::size_t& heard, std::size_t total) {
        std::string chunk(1u << 20, '\0');
        for (ssize_t got; (got = read(test.peer_, chunk.data(), chunk.size())) > 0;)
          heard += static_cast<std::size_t>(got);
        if (heard < total) test.loop_.post([&test, &heard, total] { again(test, heard, total); });
      }
    };
    Drain::again(*this, heard, large.size());
  });
  run([](Socket& socket, std::string& text, IoStatus& into) -> Task<void> {
    std::array<iovec, 2> pieces{iovec{text.data(), text.size() / 2},
                                iovec{text.data() + text.size() / 2, text.size() / 2}};
    into = co_await socket.write_all(pieces, Instant::max());
  }(*socket_, large, status));
  EXPECT_EQ(status, IoStatus::Ok);
  EXPECT_EQ(socket_->bytes_written(), large.size());
}

TEST_F(SocketTest, NotifiesOfACancellationAsOfAHangUp) {
  int notified = 0;
  socket_->on_peer_closed([](void* counter) { ++*static_cast<int*>(counter); }, &notified);
  socket_->cancel();
  socket_->cancel();
  EXPECT_EQ(notified, 1);
}

TEST_F(SocketTest, LeavesACancellationToTheReaderWhereThereIsOne) {
  int notified = 0;
  ReadResult result{};
  socket_->on_peer_closed([](void* counter) { ++*static_cast<int*>(counter); }, &notified);
  // Behind the read, which is posted next.
  loop_.post([this] { loop_.post([this] { socket_->cancel(); }); });
  run(read_into(*socket_, buffer_, Instant::max(), result));
  EXPECT_EQ(result.status, IoStatus::Cancelled);
  EXPECT_EQ(notified, 0);
}

TEST_F(SocketTest, NotifiesOnceWhenThePeerClosesWhileNobodyReads) {
  int notified = 0;
  socket_->on_peer_closed([](void* counter) { ++*static_cast<int*>(counter); }, &notified);
  peer_closes();
  loop_.post([this] { loop_.post([this] { loop_.post([this] { loop_.stop(); }); }); });
  loop_.run();
  EXPECT_EQ(notified, 1);
  EXPECT_TRUE(socket_->peer_closed());
}

TEST_F(SocketTest, LetsOthersHaveTheirTurnBetweenManyReads) {
  peer_says(std::string(60'000, 'x'));
  std::uint64_t turns = 0;
  run([](Loop& loop, Socket& socket, std::uint64_t& into) -> Task<void> {
    char byte;
    const net::ReadResult first = co_await socket.read_some({&byte, 1}, Instant::max());
    EXPECT_EQ(first.status, IoStatus::Ok);
    const std::uint64_t began = loop.turn();
    for (int i = 0; i < 1000; ++i) {
      const net::ReadResult got = co_await socket.read_some({&byte, 1}, Instant::max());
      EXPECT_EQ(got.status, IoStatus::Ok);
    }
    into = loop.turn() - began;
  }(loop_, *socket_, turns));
  EXPECT_GT(turns, 50u);
}

TEST_F(SocketTest, NotifiesBeforeItResumesAWriterWhoMayEndWhatIsNotified) {
  auto story = std::make_unique<std::string>();
  std::string order;
  std::string large(4u << 20, 'x');
  socket_->on_peer_closed([](void* context) { *static_cast<std::string*>(context) += "notified"; }, story.get());
  run([](SocketTest& test, std::string& text, std::unique_ptr<std::string>& told, std::string& into) -> Task<void> {
    test.loop_.post([&test] { test.peer_closes(); });  // while the write below waits
    std::array<iovec, 1> pieces{iovec{text.data(), text.size()}};
    const IoStatus status = co_await test.socket_->write_all(pieces, Instant::max());
    EXPECT_NE(status, IoStatus::Ok);
    into = *told;
    told.reset();
  }(*this, large, story, order));
  EXPECT_EQ(order, "notified");
}

TEST_F(SocketTest, IsDisturbedByBytesNobodyAskedFor) {
  EXPECT_FALSE(socket_->disturbed());
  peer_says("?");
  EXPECT_TRUE(socket_->disturbed());
}

}  // namespace
}  // namespace mlgateway::net
