// Calls over real connections on the loopback, to a model that plays a script.
#include "sidecar/upstream/call.hpp"

#include <array>
#include <optional>
#include <string>
#include <thread>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sidecar/upstream/resolver.hpp"
#include "tests/sidecar/upstream/scripted_model.hpp"

namespace mlgateway::upstream {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using Then = Turn::Then;
using End = Call::End;

constexpr std::string_view kBody = R"({"inputs":[1]})";
constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nServer: model\r\n\r\nhello";

// A caller on the other side of a pair of sockets: has sent a request and reads the answer to its end.
class Caller {
 public:
  explicit Caller(net::Loop& loop) {
    std::array<int, 2> ends{};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    socket_ = std::make_unique<net::Socket>(loop, ends[0]);
    stream_ = std::make_unique<http::Stream>(*socket_, limits_, draining_);
    own_end_ = ends[1];
    constexpr std::string_view kRequest = "POST /v2 HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n";
    EXPECT_EQ(write(own_end_, kRequest.data(), kRequest.size()), static_cast<ssize_t>(kRequest.size()));
    reader_ = std::jthread([this] {
      char bytes[4096];
      for (ssize_t got; (got = read(own_end_, bytes, sizeof bytes)) > 0;)
        heard_.append(bytes, static_cast<std::size_t>(got));
    });
  }
  ~Caller() {
    heard();
    close(own_end_);
  }
  http::Stream& stream() { return *stream_; }
  void hang_up() { shutdown(own_end_, SHUT_RDWR); }
  // All that came until our side closed, which it does here.
  const std::string& heard() {
    stream_.reset();
    socket_.reset();
    if (reader_.joinable()) reader_.join();
    return heard_;
  }

 private:
  http::StreamLimits limits_;
  std::atomic<bool> draining_{false};
  std::unique_ptr<net::Socket> socket_;
  std::unique_ptr<http::Stream> stream_;
  int own_end_ = -1;
  std::string heard_;
  std::jthread reader_;
};

class CallTest : public testing::Test {
 public:
  void model(Script script, std::function<void()> on_request = [] {}) {
    model_.emplace(std::move(script), std::move(on_request));
    resolver_.track({"127.0.0.1"});
    port_ = model_->port();
  }
  std::unique_ptr<Call> call(Call::Wanted wanted) {
    const Errand errand{.origin = pool_.origin({"127.0.0.1", port_}),
                        .head = kHead,
                        .body = kBody,
                        .answer_fields = {},
                        .withheld_trailers = {},
                        .deadlines = deadlines_};
    return std::make_unique<Call>(loop_, pool_, connector_, errand, "POST", std::move(wanted));
  }
  static std::optional<std::size_t> anything(const http::ResponseHead&) { return 1u << 20; }

  // One call after the other, each with what it collected or why it did not.
  struct Ended {
    std::optional<End> end;
    std::optional<Reason> reason;
    Collected collected;
    Report report;
  };
  std::vector<Ended> calls(std::size_t count, Call::Wanted wanted = anything) {
    std::vector<Ended> all;
    run(make_calls(count, wanted, all));
    return all;
  }
  net::Task<void> make_calls(std::size_t count, const Call::Wanted& wanted, std::vector<Ended>& all) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto call = this->call(wanted);
      Ended ended;
      const auto end = co_await call->run(ended.report);
      if (end.ok()) ended.end = *end;
      if (!end) ended.reason = end.error().reason;
      if (ended.end == End::Collected) ended.collected = call->take();
      all.push_back(std::move(ended));
    }
  }

  // A call whose answer the caller takes over.
  struct Relayed {
    std::optional<End> end;
    std::optional<Reason> reason;
    Report report;
  };
  net::Task<void> make_relay(Caller& caller, const Call::Wanted& wanted, Relayed& into) {
    const auto arrived = co_await caller.stream().next_request();
    EXPECT_TRUE(arrived.ok());
    const auto call = this->call(wanted);
    const auto end = co_await call->run(into.report);
    EXPECT_TRUE(end.ok());
    if (!end) co_return;
    into.end = *end;
    if (hang_up_before_relay_) {
      caller.hang_up();
      net::Socket& socket = caller.stream().socket();
      while (!socket.peer_closed()) co_await socket.readable(loop_.now() + 1ms);
    }
    Deadlines deadlines = deadlines_;
    deadlines.request = loop_.now() + 10s;
    const Errand errand{.origin = pool_.origin({"127.0.0.1", port_}),
                        .head = kHead,
                        .body = kBody,
                        .answer_fields = "x-request-id: 7\r\n",
                        .withheld_trailers = {},
                        .deadlines = deadlines};
    const Status relayed = co_await call->relay(caller.stream(), errand, into.report);
    if (!relayed) into.reason = relayed.error().reason;
  }
  Relayed relay(Caller& caller, Call::Wanted wanted) {
    Relayed relayed;
    run(make_relay(caller, wanted, relayed));
    return relayed;
  }

  // Runs `task` to its end inside the loop, which is stopped then.
  void run(net::Task<void> task) {
    loop_.post([this, &task] { net::spawn(finish(std::move(task), loop_)); });
    loop_.run();
  }
  static net::Task<void> finish(net::Task<void> task, net::Loop& loop) {
    co_await task;
    loop.stop();
  }

  static constexpr std::string_view kHead = "POST /v2 HTTP/1.1\r\nhost: m\r\ncontent-length: 14\r\n\r\n";

  net::Loop loop_;
  observe::WorkerMetrics metrics_;
  Resolver resolver_;
  Pool pool_{loop_, metrics_};
  Connector connector_{loop_, resolver_, metrics_};
  Deadlines deadlines_{.request = {}, .connect = 1s, .first_byte = {}, .stream_idle = 10s};
  bool hang_up_before_relay_ = false;
  std::optional<ScriptedModel> model_;
  std::uint16_t port_ = 0;
};

TEST_F(CallTest, CollectsAnAnswerWithoutFramingAndConnection) {
  model(
      {{{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nServer: model\r\nConnection: x-hop\r\nX-Hop: 1\r\nDate: "
         "then\r\nx-mlgateway-cost: 0\r\n\r\nhello"}}});
  const Ended ended = calls(1).front();
  EXPECT_EQ(ended.end, End::Collected);
  EXPECT_EQ(ended.collected.status, 200);
  EXPECT_EQ(ended.collected.body, "hello");
  EXPECT_EQ(ended.collected.fields, "Server: model\r\nDate: then\r\n");
  EXPECT_EQ(ended.report.status, 200);
  EXPECT_TRUE(ended.report.reached_model);
  EXPECT_THAT(model_->requests(), testing::ElementsAre(std::string(kHead) + std::string(kBody)));
}

TEST_F(CallTest, CollectsAChunkedBodyWithoutItsFraming) {
  model({{{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=1\r\nlo\r\n0\r\nX-Late: 1\r\n\r\n"}}});
  EXPECT_EQ(calls(1).front().collected.body, "hello");
}

TEST_F(CallTest, CollectsABodyThatEndsWithTheConnection) {
  model({{{"HTTP/1.1 200 OK\r\n\r\nhello", Then::Close}}});
  EXPECT_EQ(calls(1).front().collected.body, "hello");
}

TEST_F(CallTest, CollectsAnAnswerWithoutBody) {
  model({{{"HTTP/1.1 204 No Content\r\n\r\n"}}});
  const Ended ended = calls(1).front();
  EXPECT_EQ(ended.end, End::Collected);
  EXPECT_EQ(ended.collected.status, 204);
  EXPECT_EQ(ended.collected.body, "");
}

TEST_F(CallTest, CollectsALongBodyAndHoldsNoMoreThanIt) {
  const std::string body(300'000, 'x');
  model({{{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n493e0\r\n" + body + "\r\n0\r\n\r\n"}}});
  const Ended ended = calls(1).front();
  EXPECT_EQ(ended.collected.body, body);
  EXPECT_LE(ended.collected.body.capacity(), body.size() + body.size() / 8 + 1);
}

TEST_F(CallTest, PassesOverInterimAnswers) {
  model({{{"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + std::string(kOk)}}});
  const Ended ended = calls(1).front();
  EXPECT_EQ(ended.collected.body, "hello");
  EXPECT_THAT(ended.collected.fields, Not(HasSubstr("Link")));
}

TEST_F(CallTest, GivesItsConnectionBackForTheNext) {
  model({{{std::string(kOk)}, {std::string(kOk)}}});
  for (const Ended& ended : calls(2)) EXPECT_EQ(ended.collected.body, "hello");
  EXPECT_EQ(model_->connections(), 1u);
}

TEST_F(CallTest, DoesNotUseAConnectionAgainThatTheModelWantsClosed) {
  model(
      {{{"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi", Then::Silent}}, {{std::string(kOk)}}});
  const auto all = calls(2);
  EXPECT_EQ(all[0].collected.body, "hi");
  EXPECT_EQ(all[1].collected.body, "hello");
  EXPECT_EQ(model_->connections(), 2u);
}

TEST_F(CallTest, FailsWhenTheBodyIsCut) {
  model({{{"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello", Then::Close}},
         {{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", Then::Close}}});
  for (const Ended& ended : calls(2)) {
    EXPECT_EQ(ended.reason, Reason::UpstreamClosed);
    EXPECT_EQ(ended.report.status, 200);
  }
}

TEST_F(CallTest, DoesNotTakeAResetForTheEndOfABody) {
  model({{{"HTTP/1.1 200 OK\r\n\r\nhello", Then::Reset}}});
  EXPECT_EQ(calls(1).front().reason, Reason::UpstreamClosed);
}

TEST_F(CallTest, FailsWhenTheAnswerIsNoHttp) {
  model({{{"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx", Then::Close}},
         {{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", Then::Close}},
         {{"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\n\r\n", Then::Close}}});
  for (const Ended& ended : calls(3)) EXPECT_EQ(ended.reason, Reason::UpstreamMalformed);
}

TEST_F(CallTest, AsksAgainOnceWhenAReusedConnectionWasClosed) {
  model({{{std::string(kOk)}, {"", Then::Close}}, {{std::string(kOk)}}});
  const auto all = calls(2);
  EXPECT_EQ(all[1].collected.body, "hello");
  EXPECT_EQ(model_->requests().size(), 3u);
}

TEST_F(CallTest, NeverAsksAgainAfterAByteOfAnAnswer) {
  model({{{std::string(kOk)}, {"H", Then::Close}}, {{std::string(kOk)}}});
  const auto all = calls(2);
  EXPECT_EQ(all[1].reason, Reason::UpstreamClosed);
  EXPECT_EQ(model_->requests().size(), 2u);
}

TEST_F(CallTest, NeverAsksAgainOnAConnectionThatWasFresh) {
  model({{{"", Then::Close}}, {{std::string(kOk)}}});
  EXPECT_EQ(calls(1).front().reason, Reason::UpstreamClosed);
  EXPECT_EQ(model_->requests().size(), 1u);
}

TEST_F(CallTest, FailsWhereNobodyListens) {
  model({});
  const int taken = socket(AF_INET, SOCK_STREAM, 0);  // bound, but it does not listen
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(bind(taken, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(getsockname(taken, reinterpret_cast<sockaddr*>(&address), &size), 0);
  port_ = ntohs(address.sin_port);
  const Ended ended = calls(1).front();
  close(taken);
  EXPECT_EQ(ended.reason, Reason::UpstreamUnreachable);
  EXPECT_FALSE(ended.report.reached_model);
}

TEST_F(CallTest, FailsWhenTheFirstByteIsLate) {
  deadlines_.first_byte = 20ms;
  model({{{"", Then::Silent}}});
  EXPECT_EQ(calls(1).front().reason, Reason::UpstreamFirstByteTimeout);
}

TEST_F(CallTest, CollectsUpToTheSizeThatIsWanted) {
  model({{{std::string(kOk)}}});
  EXPECT_EQ(calls(1, [](const auto&) { return 5; }).front().end, End::Collected);
}

TEST_F(CallTest, CollectsNothingThatSaysItIsLarger) {
  model({{{"HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n", Then::Silent}}});
  EXPECT_EQ(calls(1, [](const auto&) { return 1000; }).front().end, End::TooLarge);
}

net::Task<void> run_and_forget(std::unique_ptr<Call>& call, Report& report, std::optional<Reason>& reason) {
  const auto end = co_await call->run(report);
  if (!end) reason = end.error().reason;
  call.reset();
}

TEST_F(CallTest, EndsAtOnceWhenItIsCancelledAndClosesTheConnection) {
  std::unique_ptr<Call> call;
  model({{{"", Then::Silent}}}, [this, &call] { loop_.post([&call] { call->cancel(); }); });
  call = this->call(anything);
  Report report;
  std::optional<Reason> reason;
  run(run_and_forget(call, report, reason));
  EXPECT_EQ(reason, Reason::ClientClosed);
  EXPECT_EQ(call, nullptr);
  EXPECT_EQ(metrics_.upstream_connections.value(), 0);
}

TEST_F(CallTest, AsksNobodyWhenItWasCancelledBefore) {
  model({{{std::string(kOk)}}});
  std::unique_ptr<Call> call = this->call(anything);
  call->cancel();
  Report report;
  std::optional<Reason> reason;
  run(run_and_forget(call, report, reason));
  EXPECT_EQ(reason, Reason::ClientClosed);
  EXPECT_FALSE(report.reached_model);
}

std::optional<std::size_t> nothing(const http::ResponseHead&) { return std::nullopt; }

TEST_F(CallTest, HandsAStreamOverToACallerWhoStillWaits) {
  model(
      {{{"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: "
         "chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"}}});
  Caller caller(loop_);
  const Relayed relayed = relay(caller, nothing);
  EXPECT_EQ(relayed.end, End::NotWanted);
  EXPECT_FALSE(relayed.reason);
  EXPECT_EQ(relayed.report.status, 200);
  EXPECT_THAT(caller.heard(), testing::StartsWith("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"));
  EXPECT_THAT(caller.heard(), HasSubstr("x-request-id: 7\r\n"));
  EXPECT_THAT(caller.heard(), testing::EndsWith("\r\n\r\n5\r\nhello\r\n0\r\n\r\n"));
}

TEST_F(CallTest, HandsOverAnAnswerWithoutBody) {
  model({{{"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n"}}});
  Caller caller(loop_);
  EXPECT_FALSE(relay(caller, nothing).reason);
  EXPECT_THAT(caller.heard(), testing::StartsWith("HTTP/1.1 304 Not Modified\r\nETag: x\r\n"));
}

class LongBody : public CallTest, public testing::WithParamInterface<bool> {};

TEST_P(LongBody, IsHandedOverWithWhatWasCollectedOfIt) {
  const std::string body = std::string(100'000, '#') + std::string(200'000, '*');
  const bool chunked = GetParam();
  const std::string framing = chunked ? "Transfer-Encoding: chunked\r\n\r\n493e0\r\n" + body + "\r\n0\r\n\r\n"
                                      : "Content-Length: 300000\r\n\r\n" + body;
  model({{{"HTTP/1.1 200 OK\r\n" + framing}}});
  Caller caller(loop_);
  const Relayed relayed = relay(caller, [](const auto&) { return 1000; });
  EXPECT_EQ(relayed.end, End::TooLarge);
  EXPECT_FALSE(relayed.reason);
  std::string heard = caller.heard();
  std::erase_if(heard, [](char byte) { return byte != '#' && byte != '*'; });
  EXPECT_EQ(heard, body);
}

INSTANTIATE_TEST_SUITE_P(Framing, LongBody, testing::Bool());

TEST_F(CallTest, GivesTheConnectionBackAfterHandingOver) {
  model({{{std::string(kOk)}, {std::string(kOk)}}});
  Caller caller(loop_);
  EXPECT_FALSE(relay(caller, nothing).reason);
  EXPECT_THAT(caller.heard(), testing::EndsWith("\r\n\r\nhello"));
  EXPECT_NE(pool_.take(pool_.origin({"127.0.0.1", port_}), false), nullptr);
}

TEST_F(CallTest, HandsOverABodyThatWasWholeWhenItTurnedOutTooLarge) {
  model({{{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"}}});
  Caller caller(loop_);
  const Relayed relayed = relay(caller, [](const auto&) { return 4; });
  EXPECT_EQ(relayed.end, End::TooLarge);
  EXPECT_THAT(caller.heard(), testing::EndsWith("\r\n\r\n5\r\nhello\r\n0\r\n\r\n"));
}

TEST_F(CallTest, CutsTheCallersAnswerWhereTheModelCutItsOwn) {
  model({{{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", Then::Close}}});
  Caller caller(loop_);
  const Relayed relayed = relay(caller, nothing);
  EXPECT_EQ(relayed.reason, Reason::UpstreamClosed);
  EXPECT_THAT(caller.heard(), testing::EndsWith("5\r\nhello\r\n"));
}

TEST_F(CallTest, HandsNothingOverToACallerWhoIsGone) {
  model({{{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", Then::Silent}}});
  hang_up_before_relay_ = true;
  Caller caller(loop_);
  EXPECT_EQ(relay(caller, nothing).reason, Reason::ClientClosed);
  EXPECT_EQ(caller.heard(), "");
  EXPECT_EQ(metrics_.upstream_connections.value(), 0);
}

}  // namespace
}  // namespace mlgateway::upstream
