#include "operator/kube/transport.hpp"

#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/operator/kube/scripted_server.hpp"

namespace mlgateway::kube {
namespace {

using namespace std::chrono_literals;
using mlgateway::testing_support::Authority;
using mlgateway::testing_support::Pair;
using testing::HasSubstr;
using testing_support::Connection;
using testing_support::ScriptedServer;

// Far beyond any run: a test that needs it has failed.
constexpr auto kLong = 60s;
constexpr std::size_t kMost = 1u << 20;

Instant in(std::chrono::milliseconds time) { return std::chrono::steady_clock::now() + time; }

Reply<HttpResponse> get(Transport& transport, std::chrono::milliseconds time = kLong,
                        const std::stop_token& stop = {}) {
  return transport.exchange({"GET", "/api?x=a%2Fb", {{"Accept", "application/json"}}, ""}, in(time), kMost, stop);
}

void answer_all(Connection& connection) {
  while (connection.read()) connection.answer(200, "{}");
}

FaultKind kind(const Reply<HttpResponse>& reply) { return reply ? FaultKind::NotFound : reply.fault().kind; }

TEST(Transport, SendsWhatItIsGiven) {
  std::promise<testing_support::Asked> asked;
  ScriptedServer server([&](Connection& connection) {
    asked.set_value(*connection.read());
    connection.answer(201, R"({"a":1})", "Retry-After: 7\r\nWarning: 299 - \"old\"\r\n");
  });
  Transport transport({.url = server.url()});
  const auto response = transport.exchange(
      {"PATCH", "/p%2Fq?x=a%20b%2Cc", {{"Content-Type", "application/apply-patch+yaml"}, {"X-A", "b"}}, "{}"},
      in(kLong), kMost, {});
  ASSERT_TRUE(response) << response.fault().message;
  EXPECT_EQ(response->status, 201);
  EXPECT_EQ(response->body, R"({"a":1})");
  EXPECT_EQ(response->retry_after, "7");
  EXPECT_THAT(response->warnings, testing::ElementsAre(HasSubstr("old")));
  const auto request = asked.get_future().get();
  EXPECT_EQ(request.method, "PATCH");
  EXPECT_EQ(request.target, "/p%2Fq?x=a%20b%2Cc");
  EXPECT_EQ(request.body, "{}");
  EXPECT_THAT(request.head, HasSubstr("Content-Type: application/apply-patch+yaml\r\n"));
}

// A request that follows at once may find the connection not yet put back; never do all of them.
TEST(Transport, KeepsItsConnections) {
  constexpr int kRequests = 20;
  ScriptedServer server(answer_all);
  Transport transport({.url = server.url()});
  for (int i = 0; i < kRequests; ++i) EXPECT_TRUE(get(transport));
  EXPECT_LT(server.connections(), kRequests);
}

TEST(Transport, GivesUpAtTheDeadlineAndOpensAnotherConnection) {
  std::atomic<int> count{0};
  ScriptedServer server([&](Connection& connection) { count++ == 0 ? connection.hold() : answer_all(connection); });
  Transport transport({.url = server.url()});
  EXPECT_EQ(kind(get(transport, 100ms)), FaultKind::TimedOut);
  EXPECT_TRUE(get(transport));
  EXPECT_EQ(server.connections(), 2);
}

TEST(Transport, GivesUpOnABodyThatDoesNotEnd) {
  ScriptedServer server([](Connection& connection) {
    connection.read();
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{");
    connection.hold();
  });
  Transport transport({.url = server.url()});
  EXPECT_EQ(kind(get(transport, 200ms)), FaultKind::TimedOut);
}

TEST(Transport, RefusesABodyThatIsTooLarge) {
  ScriptedServer server([](Connection& connection) {
    connection.read();
    connection.answer(200, std::string(kMost + 1, ' '));
    connection.hold();
  });
  Transport transport({.url = server.url()});
  EXPECT_EQ(kind(get(transport)), FaultKind::Unreadable);
}

TEST(Transport, TakesNoHalfOfABodyForTheWhole) {
  for (const std::string head : {"Content-Length: 100\r\n\r\n{}", "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"}) {
    ScriptedServer server([&](Connection& connection) {
      connection.read();
      connection.send("HTTP/1.1 200 OK\r\n" + head);
    });
    Transport transport({.url = server.url()});
    EXPECT_EQ(kind(get(transport)), FaultKind::Unreachable) << head;
  }
}

TEST(Transport, SaysThatNobodyIsThere) {
  std::string url;
  {
    const ScriptedServer gone([](Connection&) {});
    url = gone.url();
  }
  Transport transport({.url = url});
  EXPECT_EQ(kind(get(transport)), FaultKind::Unreachable);
}

TEST(Transport, EndsWhenItIsToldTo) {
  std::promise<void> waiting;
  ScriptedServer server([&](Connection& connection) {
    connection.read();
    waiting.set_value();
    connection.hold();
  });
  Transport transport({.url = server.url()});
  std::stop_source stop;
  auto reply = std::async(std::launch::async, [&] { return get(transport, kLong, stop.get_token()); });
  waiting.get_future().wait();
  stop.request_stop();
  EXPECT_EQ(kind(reply.get()), FaultKind::Stopped);
}

TEST(Stream, BringsBytesAsTheyCome) {
  std::promise<void> read_first;
  ScriptedServer server([&](Connection& connection) {
    connection.read();
    connection.begin();
    connection.chunk("first");
    read_first.get_future().wait();
    connection.chunk("second");
    connection.end();
    connection.hold();
  });
  Transport transport({.url = server.url()});
  auto stream = transport.open({"GET", "/", {}, ""}, in(kLong), {});
  ASSERT_TRUE(stream);
  EXPECT_EQ(*stream->read(in(kLong), {}), "first");
  // Silence leaves the stream as it is.
  EXPECT_EQ(stream->read(in(50ms), {}).fault().kind, FaultKind::TimedOut);
  read_first.set_value();
  EXPECT_EQ(*stream->read(in(kLong), {}), "second");
  EXPECT_EQ(*stream->read(in(kLong), {}), "");
}

TEST(Stream, ClosesItsConnectionWhenNobodyReadsOn) {
  std::promise<void> closed;
  ScriptedServer server([&](Connection& connection) {
    connection.read();
    connection.begin();
    connection.chunk("first");
    connection.hold();
    closed.set_value();
  });
  Transport transport({.url = server.url()});
  {
    auto stream = transport.open({"GET", "/", {}, ""}, in(kLong), {});
    ASSERT_TRUE(stream);
    EXPECT_TRUE(stream->read(in(kLong), {}));
  }
  EXPECT_EQ(closed.get_future().wait_for(kLong), std::future_status::ready);
}

TEST(Tls, BelievesTheAuthorityThatItIsGivenAndNoOther) {
  const Authority ours("ours"), other("other");
  ScriptedServer server(answer_all, ScriptedServer::Tls{ours.issue("server"), ""});
  Transport good({.url = server.url(), .authorities = {ours.certificate(), {}}});
  const auto response = get(good);
  EXPECT_TRUE(response) << response.fault().message;
  Transport wrong({.url = server.url(), .authorities = {other.certificate(), {}}});
  EXPECT_EQ(kind(get(wrong)), FaultKind::Unreachable);
  Transport machine({.url = server.url()});
  EXPECT_EQ(kind(get(machine)), FaultKind::Unreachable);
}

TEST(Tls, ShowsItsCertificate) {
  const Authority ours("ours");
  ScriptedServer server(answer_all, ScriptedServer::Tls{ours.issue("server"), ours.certificate()});
  const Pair own = ours.issue("client");
  Transport shown({.url = server.url(),
                   .authorities = {ours.certificate(), {}},
                   .certificate = {own.certificate, {}},
                   .key = {own.key, {}}});
  const auto response = get(shown);
  EXPECT_TRUE(response) << response.fault().message;
  Transport silent({.url = server.url(), .authorities = {ours.certificate(), {}}});
  EXPECT_EQ(kind(get(silent)), FaultKind::Unreachable);
}

TEST(Tls, OfAnotherHostIsRefused) {
  const Authority ours("ours");
  ScriptedServer server(answer_all, ScriptedServer::Tls{ours.issue("server"), ""});
  std::string url = server.url();
  url.replace(url.find("127.0.0.1"), 9, "127.0.0.2");
  Transport transport({.url = url, .authorities = {ours.certificate(), {}}});
  EXPECT_EQ(kind(get(transport)), FaultKind::Unreachable);
}

TEST(Tls, SaysWhichFileItCannotRead) {
  Transport transport({.url = "https://127.0.0.1:1", .authorities = {"", "/no/such/ca.crt"}});
  EXPECT_THAT(get(transport).fault().message, HasSubstr("/no/such/ca.crt"));
  Transport junk({.url = "https://127.0.0.1:1", .authorities = {"junk", {}}});
  EXPECT_EQ(kind(get(junk)), FaultKind::Unreachable);
}

}  // namespace
}  // namespace mlgateway::kube
