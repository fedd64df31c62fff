#include "sidecar/admin/admin_server.hpp"

#include <cstring>
#include <exception>
#include <thread>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <signal.h>

#include "sidecar/admin/connection.hpp"
#include "sidecar/base/log.hpp"
#include "sidecar/net/address.hpp"

namespace mlgateway::admin {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// A Prometheus, a kubelet, an operator and some people; more is a mistake that must not cost descriptors.
constexpr int kMaxConnections = 64;

// Signals are for the main thread.
void block_signals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

std::string words_of(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "unknown";
  }
}

}  // namespace

struct AdminServer::Running {
  explicit Running(Sources given) : sources(std::move(given)) {}

  Status listen(std::string_view address);
  asio::awaitable<void> accept();
  void serve_one(tcp::socket socket);

  const Sources sources;
  std::string address;
  std::uint16_t port = 0;
  int connections = 0;  // of the admin thread alone
  asio::io_context io{1};
  tcp::acceptor acceptor{io};
  std::thread thread;
};

Status AdminServer::Running::listen(std::string_view text) {
  const Result<net::Address> wanted = net::Address::parse(text);
  if (!wanted) return wanted.error();
  tcp::endpoint endpoint;
  endpoint.resize(wanted->size());
  std::memcpy(endpoint.data(), wanted->data(), wanted->size());

  error_code ec;
  acceptor.open(endpoint.protocol(), ec);
  if (!ec) acceptor.set_option(tcp::acceptor::reuse_address(true), ec);
  if (!ec) acceptor.bind(endpoint, ec);
  if (!ec) acceptor.listen(kMaxConnections, ec);
  if (ec) return Error(Reason::Internal, "cannot listen on " + std::string(text) + ": " + ec.message());
  port = acceptor.local_endpoint().port();
  address = wanted->with_port(port).to_string();
  return Done{};
}

asio::awaitable<void> AdminServer::Running::accept() {
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
    if (connections < kMaxConnections) serve_one(std::move(socket));
  }
}

void AdminServer::Running::serve_one(tcp::socket socket) {
  ++connections;
  asio::co_spawn(io, serve(std::move(socket), sources), [this](const std::exception_ptr& failure) {
    --connections;
    if (failure) log::error("admin connection failed", {{"error", words_of(failure)}});
  });
}

Result<std::unique_ptr<AdminServer>> AdminServer::start(std::string_view address, Sources sources) {
  auto running = std::make_unique<Running>(std::move(sources));
  if (const Status listening = running->listen(address); !listening) return listening.error();
  Running& server = *running;
  asio::co_spawn(server.io, server.accept(), [](const std::exception_ptr& failure) {
    if (failure) log::error("admin server stopped accepting", {{"error", words_of(failure)}});
  });
  server.thread = std::thread([&server] {
    block_signals();
    server.io.run();
  });
  return std::unique_ptr<AdminServer>(new AdminServer(std::move(running)));
}

AdminServer::AdminServer(std::unique_ptr<Running> running) : running_(std::move(running)) {}

AdminServer::~AdminServer() {
  running_->io.stop();
  running_->thread.join();
}

std::uint16_t AdminServer::port() const { return running_->port; }
std::string AdminServer::address() const { return running_->address; }

}  // namespace mlgateway::admin
