// Two ends of one connection that speak TLS with each other in one loop: over a socketpair, no port, no sleep.
#include <array>
#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sidecar/net/loop.hpp"
#include "sidecar/net/socket.hpp"
#include "sidecar/net/task.hpp"
#include "tests/support/certificates.hpp"

namespace mlgateway::net {
namespace {

using namespace std::chrono_literals;

using testing_support::Authority;
using testing_support::Pair;
using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;

X509* read_certificate(const std::string& pem) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> in(BIO_new_mem_buf(pem.data(), -1), BIO_free);
  return PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr);
}

EVP_PKEY* read_key(const std::string& pem) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> in(BIO_new_mem_buf(pem.data(), -1), BIO_free);
  return PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr);
}

Context server_with(const Pair& pair) {
  Context context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(read_certificate(pair.certificate), X509_free);
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(read_key(pair.key), EVP_PKEY_free);
  SSL_CTX_use_certificate(context.get(), certificate.get());
  SSL_CTX_use_PrivateKey(context.get(), key.get());
  return context;
}

Context client_of(const Authority& authority) {
  Context context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  const std::unique_ptr<X509, decltype(&X509_free)> root(read_certificate(authority.certificate()), X509_free);
  X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), root.get());
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  return context;
}

class TlsTest : public testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    std::array<int, 2> ends{};
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()), 0);
    raw_ = ends[0];
    server_ = std::make_unique<Socket>(loop_, ends[0]);
    client_ = std::make_unique<Socket>(loop_, ends[1]);
    SSL_CTX_set_min_proto_version(server_context_.get(), GetParam());
    SSL_CTX_set_max_proto_version(server_context_.get(), GetParam());
  }

  // Both conversations at once; the loop ends with the last of them.
  void run(Task<void> server, Task<void> client) {
    spawn(until_done(std::move(server)));
    spawn(until_done(std::move(client)));
    loop_.run();
  }

  Task<void> until_done(Task<void> work) {
    co_await std::move(work);
    if (++done_ == 2) loop_.stop();
  }

  Task<IoStatus> secure_server() {
    Socket::Secured secured = server_->secure(server_context_.get(), Tls::Role::Server, Instant::max());
    co_return co_await secured;
  }

  Task<IoStatus> secure_client() {
    Socket::Secured secured = client_->secure(client_context_.get(), Tls::Role::Client, Instant::max());
    co_return co_await secured;
  }

  static Task<IoStatus> send(Socket& socket, std::string text, std::size_t cut = 0) {
    std::array<iovec, 2> pieces{iovec{text.data(), cut}, iovec{text.data() + cut, text.size() - cut}};
    Socket::WriteAll written = socket.write_all(pieces, Instant::max());
    co_return co_await written;
  }

  // As many bytes; fewer where it ended before.
  static Task<std::string> receive(Socket& socket, std::size_t size, IoStatus* last = nullptr) {
    std::string text;
    std::array<char, 5000> buffer{};
    while (text.size() < size) {
      Socket::ReadSome reading = socket.read_some(buffer, Instant::max());
      const ReadResult got = co_await reading;
      if (last != nullptr) *last = got.status;
      if (got.status != IoStatus::Ok) break;
      text.append(buffer.data(), got.bytes);
    }
    co_return text;
  }

  Loop loop_;
  Authority authority_{"root"};
  Context server_context_ = server_with(authority_.issue("server"));
  Context client_context_ = client_of(authority_);
  int raw_ = -1;
  std::unique_ptr<Socket> server_;
  std::unique_ptr<Socket> client_;
  int done_ = 0;
};

TEST_P(TlsTest, CarriesBothDirections) {
  const auto serve = [&]() -> Task<void> {
    EXPECT_EQ(co_await secure_server(), IoStatus::Ok);
    EXPECT_EQ(co_await receive(*server_, 5), "hello");
    EXPECT_EQ(co_await send(*server_, "head body", 4), IoStatus::Ok);
  };
  const auto ask = [&]() -> Task<void> {
    EXPECT_EQ(co_await secure_client(), IoStatus::Ok);
    EXPECT_EQ(co_await send(*client_, "hello"), IoStatus::Ok);
    EXPECT_EQ(co_await receive(*client_, 9), "head body");
  };
  run(serve(), ask());
  EXPECT_STREQ(server_->tls()->version(), GetParam() == TLS1_2_VERSION ? "TLSv1.2" : "TLSv1.3");
  EXPECT_FALSE(server_->tls()->resumed());
}

// More than the kernel keeps and than a record holds: writes wait, reads find half a record.
TEST_P(TlsTest, CarriesMoreThanTheKernelHolds) {
  std::string much(3'000'000, 'x');
  for (std::size_t i = 0; i < much.size(); ++i) much[i] = static_cast<char>('a' + i * 7 % 26);
  const auto serve = [&]() -> Task<void> {
    EXPECT_EQ(co_await secure_server(), IoStatus::Ok);
    EXPECT_EQ(co_await send(*server_, much, 100), IoStatus::Ok);
  };
  const auto ask = [&]() -> Task<void> {
    EXPECT_EQ(co_await secure_client(), IoStatus::Ok);
    EXPECT_TRUE(co_await receive(*client_, much.size()) == much);
  };
  run(serve(), ask());
  EXPECT_EQ(server_->bytes_written(), much.size());
}

TEST_P(TlsTest, TellsAnEndFromACut) {
  IoStatus said = IoStatus::Ok;
  const auto serve = [&]() -> Task<void> {
    EXPECT_EQ(co_await secure_server(), IoStatus::Ok);
    EXPECT_EQ(co_await send(*server_, "bye"), IoStatus::Ok);
    server_->shut_down_writing();
  };
  const auto ask = [&]() -> Task<void> {
    EXPECT_EQ(co_await secure_client(), IoStatus::Ok);
    EXPECT_EQ(co_await receive(*client_, 4, &said), "bye");
  };
  run(serve(), ask());
  EXPECT_EQ(said, IoStatus::Closed);
}

TEST_P(TlsTest, TakesAnEndWithoutFarewellForACut) {
  IoStatus said = IoStatus::Ok;
  const auto serve = [&]() -> Task<void> {
    EXPECT_EQ(co_await secure_server(), IoStatus::Ok);
    EXPECT_EQ(co_await send(*server_, "bye"), IoStatus::Ok);
    shutdown(raw_, SHUT_WR);
  };
  const auto ask = [&]() -> Task<void> {
    EXPECT_EQ(co_await secure_client(), IoStatus::Ok);
    EXPECT_EQ(co_await receive(*client_, 4, &said), "bye");
  };
  run(serve(), ask());
  EXPECT_EQ(said, IoStatus::Failed);
}

TEST_P(TlsTest, IsQuietWhenThePeerIs) {
  const auto serve = [&]() -> Task<void> {
    EXPECT_EQ(co_await secure_server(), IoStatus::Ok);
    EXPECT_EQ(co_await receive(*server_, 1), "?");
    EXPECT_EQ(co_await send(*server_, "!"), IoStatus::Ok);
  };
  const auto ask = [&]() -> Task<void> {
    EXPECT_EQ(co_await secure_client(), IoStatus::Ok);
    EXPECT_EQ(co_await send(*client_, "?"), IoStatus::Ok);
    EXPECT_EQ(co_await receive(*client_, 1), "!");
  };
  run(serve(), ask());
  // Tickets have come beside the answer.
  EXPECT_FALSE(client_->disturbed());
  server_.reset();
  EXPECT_TRUE(client_->disturbed());
}

TEST_P(TlsTest, FailsWhenTheOtherIsNotBelieved) {
  const Authority stranger("stranger");
  client_context_ = client_of(stranger);
  const auto serve = [&]() -> Task<void> {
    IoStatus outcome = co_await secure_server();
    // In TLS 1.3 a server is done before the client has looked at the certificate, and hears of it when it reads.
    if (outcome == IoStatus::Ok) co_await receive(*server_, 1, &outcome);
    EXPECT_EQ(outcome, IoStatus::Failed);
    EXPECT_NE(server_->tls()->failure(), "");
  };
  const auto ask = [&]() -> Task<void> {
    EXPECT_EQ(co_await secure_client(), IoStatus::Failed);
    EXPECT_EQ(client_->tls()->failure(), "certificate verify failed");
  };
  run(serve(), ask());
}

TEST_P(TlsTest, FailsWhenTheOtherSpeaksInTheClear) {
  const auto serve = [&]() -> Task<void> {
    EXPECT_EQ(co_await secure_server(), IoStatus::Failed);
    EXPECT_EQ(server_->tls()->failure(), "http request");
  };
  const auto ask = [&]() -> Task<void> { EXPECT_EQ(co_await send(*client_, "GET / HTTP/1.1\r\n\r\n"), IoStatus::Ok); };
  run(serve(), ask());
}

TEST_P(TlsTest, DoesNotWaitForAHandshakeForever) {
  const auto serve = [&]() -> Task<void> {
    Socket::Secured secured = server_->secure(server_context_.get(), Tls::Role::Server, loop_.now() + 1ms);
    EXPECT_EQ(co_await secured, IoStatus::TimedOut);
  };
  const auto ask = []() -> Task<void> { co_return; };
  run(serve(), ask());
}

TEST_P(TlsTest, IsCancelledInItsHandshake) {
  const auto serve = [&]() -> Task<void> { EXPECT_EQ(co_await secure_server(), IoStatus::Cancelled); };
  const auto ask = [&]() -> Task<void> {
    server_->cancel();
    co_return;
  };
  run(serve(), ask());
}

INSTANTIATE_TEST_SUITE_P(Versions, TlsTest, testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
                         [](const auto& version) { return version.param == TLS1_2_VERSION ? "Tls12" : "Tls13"; });

TEST(FirstByte, IsSeenAndStays) {
  Loop loop;
  std::array<int, 2> ends{};
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()), 0);
  const Socket socket(loop, ends[0]);
  EXPECT_EQ(socket.first_byte(), std::nullopt);
  ASSERT_EQ(write(ends[1], "\x16", 1), 1);
  EXPECT_EQ(socket.first_byte(), 0x16);
  EXPECT_EQ(socket.first_byte(), 0x16);
  close(ends[1]);
}

}  // namespace
}  // namespace mlgateway::net
