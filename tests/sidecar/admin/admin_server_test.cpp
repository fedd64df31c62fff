// Over a real loopback socket: what is tested here is the carrying, which needs one. Decisions are in answer_test.
#include "sidecar/admin/admin_server.hpp"

#include <array>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sidecar/config/digest.hpp"
#include "sidecar/observe/metrics.hpp"

namespace mlgateway::admin {
namespace {

using nlohmann::json;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Sources sources() {
  Sources made;
  made.ready = [] { return true; };
  made.not_ready_reason = [] { return std::string(); };
  made.state = [] { return json{{"workers", 2}}; };
  made.config = []() -> json { throw std::runtime_error("a bug"); };
  made.token_digest = [] { return config::sha256("token"); };
  made.metrics = std::make_shared<observe::Metrics>(1);
  return made;
}

class Caller {
 public:
  explicit Caller(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  ~Caller() { ::close(socket_); }
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;

  bool connected() const { return connected_; }
  void send(std::string_view text) { ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL); }
  void end() { ::shutdown(socket_, SHUT_WR); }

  std::string until(std::string_view end) {  // or until the server closes
    std::array<char, 4096> part{};
    while (seen_.find(end) == std::string::npos) {
      const ssize_t n = ::recv(socket_, part.data(), part.size(), 0);
      if (n <= 0) break;
      seen_.append(part.data(), static_cast<std::size_t>(n));
    }
    return std::exchange(seen_, {});
  }
  std::string all() { return until(std::string_view("\0never", 6)); }

 private:
  int socket_;
  bool connected_ = false;
  std::string seen_;
};

class AdminServerTest : public testing::Test {
 protected:
  std::string told(std::string_view request) {
    Caller caller(server_->port());
    caller.send(request);
    caller.end();
    return caller.all();
  }
  std::unique_ptr<AdminServer> server_ = std::move(*AdminServer::start("127.0.0.1:0", sources()));
};

TEST_F(AdminServerTest, SaysWhereItListens) {
  EXPECT_GT(server_->port(), 0);
  EXPECT_EQ(server_->address(), "127.0.0.1:" + std::to_string(server_->port()));
}

TEST_F(AdminServerTest, AnswersARequest) {
  const std::string text = told("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(text, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(text, HasSubstr("Content-Type: text/plain; charset=utf-8\r\n"));
  EXPECT_THAT(text, HasSubstr("Content-Length: 3\r\n"));
  EXPECT_THAT(text, EndsWith("\r\n\r\nok\n"));
}

TEST_F(AdminServerTest, AnswersSeveralRequestsOnOneConnection) {
  Caller caller(server_->port());
  for (int i = 0; i < 3; ++i) {
    caller.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(caller.until("ok\n"), StartsWith("HTTP/1.1 200 OK\r\n"));
  }
}

TEST_F(AdminServerTest, ClosesWhenAskedTo) {
  Caller caller(server_->port());
  caller.send("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(caller.all(), HasSubstr("Connection: close\r\n"));
}

TEST_F(AdminServerTest, TellsHeadTheLengthAndNothingElse) {
  const std::string text = told("HEAD /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(text, HasSubstr("Content-Length: 3\r\n"));
  EXPECT_THAT(text, EndsWith("\r\n\r\n"));
}

TEST_F(AdminServerTest, TakesTheTokenFromTheAuthorizationField) {
  EXPECT_THAT(told("GET /state HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer token\r\n\r\n"),
              HasSubstr("\"workers\": 2"));
  const std::string refused = told("GET /state HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(refused, StartsWith("HTTP/1.1 401 Unauthorized\r\n"));
  EXPECT_THAT(refused, HasSubstr("WWW-Authenticate: Bearer\r\n"));
}

TEST_F(AdminServerTest, RefusesTwoCredentials) {
  const std::string twice = "Authorization: Bearer token\r\nAuthorization: Bearer token\r\n";
  EXPECT_THAT(told("GET /state HTTP/1.1\r\nHost: x\r\n" + twice + "\r\n"), StartsWith("HTTP/1.1 401 "));
}

TEST_F(AdminServerTest, AnswersWhoSendsABodyAndCloses) {
  const std::string text = told("POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
  EXPECT_THAT(text, StartsWith("HTTP/1.1 405 Method Not Allowed\r\n"));
  EXPECT_THAT(text, HasSubstr("Allow: GET, HEAD\r\n"));
  EXPECT_THAT(text, HasSubstr("Connection: close\r\n"));
}

TEST_F(AdminServerTest, RefusesNonsenseAndCloses) {
  const std::string text = told("nonsense\r\n\r\n");
  EXPECT_THAT(text, StartsWith("HTTP/1.1 400 Bad Request\r\n"));
  EXPECT_THAT(text, HasSubstr("Connection: close\r\n"));
}

TEST_F(AdminServerTest, RefusesAHeadWithoutEnd) {
  EXPECT_THAT(told("GET /healthz HTTP/1.1\r\nX: " + std::string(20000, 'x')), StartsWith("HTTP/1.1 400 "));
}

TEST_F(AdminServerTest, LivesOnWhenASourceThrows) {
  const std::string text = told("GET /config HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer token\r\n\r\n");
  EXPECT_THAT(text, Not(HasSubstr("a bug")));
  EXPECT_THAT(told("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(AdminServerTest, TurnsAwayConnectionsBeyondItsLimitAndRecovers) {
  {
    std::vector<std::unique_ptr<Caller>> callers;
    for (int i = 0; i < 64; ++i) {
      callers.push_back(std::make_unique<Caller>(server_->port()));
      callers.back()->send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
      ASSERT_THAT(callers.back()->until("ok\n"), EndsWith("ok\n"));
    }
    EXPECT_EQ(told("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"), "");
  }
  std::string text;
  while (text.empty()) text = told("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(text, EndsWith("ok\n"));
}

TEST_F(AdminServerTest, FreesItsPortWhileCallersAreConnected) {
  Caller caller(server_->port());
  caller.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  caller.until("ok\n");
  const std::string address = server_->address();
  server_.reset();
  EXPECT_EQ(caller.all(), "");
  EXPECT_TRUE(AdminServer::start(address, sources()).ok());
}

TEST_F(AdminServerTest, SaysWhichAddressItCannotTake) {
  const auto second = AdminServer::start(server_->address(), sources());
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message, HasSubstr("cannot listen on " + server_->address()));
  EXPECT_FALSE(AdminServer::start("localhost", sources()).ok());
}

TEST(AdminServer, ListensOnIpv6) {
  const auto server = AdminServer::start("[::1]:0", sources());
  if (!server) GTEST_SKIP() << "no IPv6 loopback here: " << server.error().message;
  EXPECT_THAT((*server)->address(), StartsWith("[::1]:"));
}

}  // namespace
}  // namespace mlgateway::admin
