#include "operator/webhook/server.hpp"

#include <exception>
#include <thread>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <signal.h>

#include "operator/webhook/connection.hpp"
#include "sidecar/base/log.hpp"

namespace mlgateway::webhook {
namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using asio::ip::tcp;
using boost::system::error_code;

// An API server opens one for each pod that is made at the same time, and it makes at most 200 at once.
constexpr int kMostConnections = 512;

// ADDR:PORT; no endpoint when it is none.
std::optional<tcp::endpoint> endpoint_of(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string host(text.substr(0, colon));
  if (host.size() > 1 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  error_code ec;
  const auto address = asio::ip::make_address(host, ec);
  const std::string port(text.substr(colon + 1));
  const bool digits = !port.empty() && port.size() <= 5 && port.find_first_not_of("0123456789") == std::string::npos;
  if (ec || !digits || std::stoul(port) > 65535) return std::nullopt;
  return tcp::endpoint(address, static_cast<std::uint16_t>(std::stoul(port)));
}

Result<std::shared_ptr<ssl::context>> context_of(const Pair& pair) {
  error_code ec;
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_options(context->native_handle(), SSL_OP_NO_RENEGOTIATION);
  context->use_certificate_chain(asio::buffer(pair.certificate), ec);
  if (!ec) context->use_private_key(asio::buffer(pair.key), ssl::context::pem, ec);
  if (ec) return Error(Reason::InvalidConfig, "the certificate cannot be used: " + ec.message());
  return context;
}

}  // namespace

struct Server::Running {
  explicit Running(Handler handler) : common{std::move(handler)} {}

  Status listen(const std::string& address);
  asio::awaitable<void> accept();
  void serve_one(tcp::socket socket);

  Common common;
  std::shared_ptr<ssl::context> tls;  // of the server's thread alone
  int connections = 0;                // ...
  std::uint16_t port = 0;
  asio::io_context io{1};
  tcp::acceptor acceptor{io};
  std::thread thread;
};

Status Server::Running::listen(const std::string& address) {
  const auto endpoint = endpoint_of(address);
  if (!endpoint) return Error(Reason::InvalidConfig, "'" + address + "' is not ADDR:PORT");
  error_code ec;
  acceptor.open(endpoint->protocol(), ec);
  if (!ec) acceptor.set_option(tcp::acceptor::reuse_address(true), ec);
  if (!ec) acceptor.bind(*endpoint, ec);
  if (!ec) acceptor.listen(kMostConnections, ec);
  if (ec) return Error(Reason::Internal, "cannot listen on " + address + ": " + ec.message());
  port = acceptor.local_endpoint().port();
  return Done{};
}

asio::awaitable<void> Server::Running::accept() {
  asio::steady_timer pause(io);
  while (true) {
    error_code ec;
    auto token = asio::redirect_error(asio::use_awaitable, ec);
    tcp::socket socket = co_await acceptor.async_accept(token);
    if (ec) {  // out of descriptors, most likely: trying again at once would only burn the processor
      pause.expires_after(std::chrono::milliseconds{100});
      co_await pause.async_wait(token);
      continue;
    }
    if (tls && connections < kMostConnections) serve_one(std::move(socket));
  }
}

void Server::Running::serve_one(tcp::socket socket) {
  ++connections;
  asio::co_spawn(io, serve(std::move(socket), tls, common), [this](const std::exception_ptr& failure) {
    --connections;
    if (failure) log::error("a connection of the API server failed");
  });
}

Result<std::unique_ptr<Server>> Server::start(const std::string& address, Handler handler) {
  auto running = std::make_unique<Running>(std::move(handler));
  if (const Status listening = running->listen(address); !listening) return listening.error();
  Running& server = *running;
  asio::co_spawn(server.io, server.accept(), [](const std::exception_ptr& failure) {
    if (failure) log::error("the webhooks' port accepts no more connections");
  });
  server.thread = std::thread([&server] {
    sigset_t all;
    sigfillset(&all);  // signals are for the main thread
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    server.io.run();
  });
  return std::unique_ptr<Server>(new Server(std::move(running)));
}

Server::Server(std::unique_ptr<Running> running) : running_(std::move(running)) {}

Server::~Server() {
  running_->io.stop();
  running_->thread.join();
}

Status Server::show(const Pair& certificate) {
  auto context = context_of(certificate);
  if (!context) return context.error();
  asio::post(running_->io, [server = running_.get(), tls = std::move(*context)] { server->tls = tls; });
  return Done{};
}

std::uint16_t Server::port() const { return running_->port; }

}  // namespace mlgateway::webhook
