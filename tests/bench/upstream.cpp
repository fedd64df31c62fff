// The model of the bench: one thread that answers POSTs as cheaply as it can, so that what is measured is the proxy.
//
//   bench_upstream PORTS   listens on PORTS ports of 127.0.0.1, prints them, and serves until it is ended.
//
// By default an answer is about 300 bytes of JSON with the request's id, as the Open Inference Protocol has it. A
// request asks for more by its fields: x-bench-answer-bytes (a body of that size), x-bench-events (a stream of so many
// events, one per kEventInterval), x-bench-stall-ms (its body is read only after that time). One with x-bench-count is
// told how many requests were answered before, and is not counted itself: thus it can be seen whether a cache asked the
// model.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <unistd.h>

#include "tests/bench/message.hpp"
#include "tests/bench/socket.hpp"

namespace mlgateway::bench {
namespace {

using namespace std::chrono_literals;

// Apart far enough that a proxy handles each event by itself, as it does with a model that makes tokens.
constexpr auto kEventInterval = 2ms;
constexpr std::size_t kPiece = 256 * 1024;
constexpr std::string_view kIdStart = R"({"id":")";
constexpr std::size_t kIdDigits = 16;
constexpr std::string_view kEvent =
    "73\r\ndata: {\"model\":\"iris\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\" petal\"}}],"
    "\"created\":1700000000,\"object\":\"chunk\"}\n\n\r\n";
constexpr std::string_view kLastChunk = "0\r\n\r\n";

const std::string& filler() {
  static const std::string bytes(kPiece, 'x');
  return bytes;
}

struct Connection {
  explicit Connection(int accepted) : socket(accepted) {}
  ~Connection() { close(socket); }
  int socket;
  MessageReader reader;
  std::string out;  // head and small bodies, from `sent` on
  std::size_t sent = 0;
  std::uint64_t filler_left = 0;  // of a big body, after `out`
  std::uint64_t events_left = 0;  // of a stream
  std::optional<Instant> stalled_until;
  bool stall_served = false;
};

std::string with_head(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nServer: model\r\nContent-Type: application/json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string fixed_answer(std::string_view start) {
  std::string id(kIdDigits, '0');
  if (start.starts_with(kIdStart) && start.size() >= kIdStart.size() + kIdDigits) {
    id = start.substr(kIdStart.size(), kIdDigits);
  }
  return with_head(std::string(kIdStart) + id +
                   R"(","model_name":"iris","model_version":"v1","outputs":[)"
                   R"({"name":"predict","shape":[4,1],"datatype":"INT64","parameters":{"content_type":"np"},)"
                   R"("data":[0,2,1,1]},{"name":"confidence","shape":[4,1],"datatype":"FP64",)"
                   R"("data":[0.97128,0.88341,0.99476,0.60213]}],"parameters":{}})");
}

class Model {
 public:
  explicit Model(int ports) : buffer_(kPiece) {
    for (int i = 0; i < ports; ++i) listeners_.push_back(listen_on(0));
    for (int& listener : listeners_) {
      poller_.watch(listener, &listener);
      std::printf("%d\n", local_port(listener));
    }
    std::fflush(stdout);
  }

  [[noreturn]] void serve() {
    for (;;) {
      for (const epoll_event& event : poller_.wait(next_instant())) handle(event);
      const Instant now = Clock::now();
      if (!streams_.empty() && now >= next_event_) send_events(now);
      wake_stalled(now);
    }
  }

 private:
  void handle(const epoll_event& event) {
    for (const int& listener : listeners_) {
      if (event.data.ptr == &listener) return accept_all(listener);
    }
    advance(*static_cast<Connection*>(event.data.ptr));
  }

  void accept_all(int listener) {
    for (int accepted = accept_from(listener); accepted >= 0; accepted = accept_from(listener)) {
      poller_.watch(accepted, new Connection(accepted));
    }
  }

  // Deleting closes the socket, which leaves the poller; no event of this round can name it again, as a socket is
  // registered once and so appears once.
  void end(Connection* connection) {
    streams_.erase(connection);
    stalled_.erase(connection);
    delete connection;
  }

  void advance(Connection& connection) {
    if (!flush(connection)) return end(&connection);
    if (connection.stalled_until || connection.sent < connection.out.size()) return;
    for (;;) {
      const Moved got = read_some(connection.socket, buffer_);
      if (got.state == Moved::State::Ended) return end(&connection);
      if (got.state == Moved::State::Blocked) return;
      connection.reader.take({buffer_.data(), got.bytes});
      if (connection.reader.state() == MessageReader::State::Broken) return end(&connection);
      if (must_stall(connection)) return;
      if (connection.reader.state() == MessageReader::State::Done) {
        answer(connection);
        if (!flush(connection)) return end(&connection);
      }
      // A read that did not fill the buffer emptied the socket; the next bytes bring a new event.
      if (got.bytes < buffer_.size()) return;
    }
  }

  bool must_stall(Connection& connection) {
    const Head& head = connection.reader.head();
    if (head.stall_ms == 0 || connection.stall_served) return false;
    connection.stall_served = true;
    connection.stalled_until = Clock::now() + std::chrono::milliseconds(head.stall_ms);
    stalled_.insert(&connection);
    return true;
  }

  void answer(Connection& connection) {
    const Head head = connection.reader.head();
    connection.sent = 0;
    if (head.asks_count) {
      connection.out = with_head(std::to_string(answered_));
      return connection.reader.reset();
    }
    ++answered_;
    if (head.events > 0) {
      connection.out =
          "HTTP/1.1 200 OK\r\nServer: model\r\nContent-Type: text/event-stream\r\nX-Accel-Buffering: no\r\n"
          "Transfer-Encoding: chunked\r\n\r\n";
      connection.events_left = head.events;
      if (streams_.empty()) next_event_ = Clock::now() + kEventInterval;
      streams_.insert(&connection);
    } else if (head.answer_bytes > 0) {
      connection.out =
          "HTTP/1.1 200 OK\r\nServer: model\r\nContent-Type: application/octet-stream\r\nContent-Length: " +
          std::to_string(head.answer_bytes) + "\r\n\r\n";
      connection.filler_left = head.answer_bytes;
    } else {
      connection.out = fixed_answer(connection.reader.start());
    }
    connection.reader.reset();
    connection.stall_served = false;
  }

  // False when the connection is lost.
  bool flush(Connection& connection) {
    while (connection.sent < connection.out.size() || connection.filler_left > 0) {
      const std::string_view head = std::string_view(connection.out).substr(connection.sent);
      const std::string_view body = std::string_view(filler()).substr(0, connection.filler_left);
      const Moved put = body.empty() ? write_some(connection.socket, head) : write_some(connection.socket, head, body);
      if (put.state == Moved::State::Ended) return false;
      if (put.state == Moved::State::Blocked) return true;
      const std::size_t of_head = std::min(head.size(), put.bytes);
      connection.sent += of_head;
      connection.filler_left -= put.bytes - of_head;
    }
    return true;
  }

  void send_events(Instant now) {
    while (next_event_ <= now) next_event_ += kEventInterval;
    const std::vector<Connection*> due(streams_.begin(), streams_.end());
    for (Connection* connection : due) {
      // What a slow reader has not taken yet stays queued: no event is lost.
      connection->out.erase(0, connection->sent);
      connection->sent = 0;
      connection->out += kEvent;
      if (--connection->events_left == 0) {
        connection->out += kLastChunk;
        streams_.erase(connection);
      }
      if (!flush(*connection)) end(connection);
    }
  }

  void wake_stalled(Instant now) {
    const std::vector<Connection*> all(stalled_.begin(), stalled_.end());
    for (Connection* connection : all) {
      if (*connection->stalled_until > now) continue;
      connection->stalled_until.reset();
      stalled_.erase(connection);
      // The whole request may have come with the head.
      if (connection->reader.state() == MessageReader::State::Done) answer(*connection);
      advance(*connection);
    }
  }

  std::optional<Instant> next_instant() const {
    std::optional<Instant> next;
    if (!streams_.empty()) next = next_event_;
    for (const Connection* connection : stalled_)
      next = next ? std::min(*next, *connection->stalled_until) : connection->stalled_until;
    return next;
  }

  Poller poller_;
  std::vector<int> listeners_;
  std::vector<char> buffer_;
  std::set<Connection*> streams_;
  std::set<Connection*> stalled_;
  Instant next_event_{};
  std::uint64_t answered_ = 0;
};

}  // namespace
}  // namespace mlgateway::bench

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: bench_upstream PORTS\n");
    return 2;
  }
  mlgateway::bench::Model(std::atoi(argv[1])).serve();
}
