#include "sidecar/server/session.hpp"

#include <exception>

#include "sidecar/base/log.hpp"

namespace mlgateway::server {
namespace {

// RFC 8446 5.1: how a client that speaks TLS begins, and no request line ever does.
constexpr unsigned char kHandshakeRecord = 22;

}  // namespace

net::Task<void> Session::run() {
  try {
    co_await serve();
  } catch (const std::exception& error) {
    log::error("session ended by an exception", {{"what", error.what()}});
  }
}

net::Task<bool> Session::secure() {
  // What it began with lives as long as the handshake.
  const std::shared_ptr<const gateway::Placement> placement = around_.placement;
  if (!placement || !placement->world->tls) co_return true;
  const Instant deadline = socket_.loop().now() + around_.shared.limits.stream.head_timeout;
  greeted_ = true;
  net::Socket::Readable first_byte = socket_.readable(deadline);
  const net::IoStatus heard = co_await first_byte;
  if (heard != net::IoStatus::Ok) co_return false;
  if (socket_.first_byte() != kHandshakeRecord) {
    greeted_ = false;
    co_return true;
  }
  net::Socket::Secured secured = socket_.secure(placement->world->tls->first(), net::Tls::Role::Server, deadline);
  const net::IoStatus outcome = co_await secured;
  greeted_ = false;
  count_handshake(outcome);
  co_return outcome == net::IoStatus::Ok;
}

void Session::count_handshake(net::IoStatus outcome) {
  using observe::HandshakeResult;
  const bool resumed = outcome == net::IoStatus::Ok && socket_.tls()->resumed();
  around_.metrics.handshake(outcome != net::IoStatus::Ok ? HandshakeResult::Error
                            : resumed                    ? HandshakeResult::Resumed
                                                         : HandshakeResult::Success);
}

net::Task<void> Session::serve() {
  const bool welcome = co_await secure();
  if (!welcome) co_return;
  bool more = true;
  while (more && !around_.shared.closing.load(std::memory_order_relaxed)) more = co_await serve_one();
}

net::Task<bool> Session::serve_one() {
  const Result<http::Arrival> arrival = co_await stream_.next_request();
  if (arrival.ok() && *arrival == http::Arrival::End) co_return false;
  gateway::Exchange exchange(stream_, client_, around_.placement, socket_.loop().now());
  if (!arrival) {
    stream_.end_after_this();
    const Error error = arrival.error();
    co_await around_.gateway.turn_away(exchange, error);
    co_await stream_.linger();
    co_return false;
  }
  co_await around_.gateway.handle(exchange);
  if (stream_.keep_alive()) co_return true;
  if (!stream_.body_finished()) co_await stream_.linger();
  co_return false;
}

net::Task<void> Session::turn_away() {
  gateway::Exchange exchange(stream_, client_, nullptr, socket_.loop().now());
  stream_.end_after_this();
  const Error error(Reason::TooManyConnections, "the process has its maximum of connections");
  co_await around_.gateway.turn_away(exchange, error);
  co_await stream_.linger();
}

}  // namespace mlgateway::server
