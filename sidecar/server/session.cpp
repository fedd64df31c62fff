#include "sidecar/server/session.hpp"

#include <exception>

#include "sidecar/base/log.hpp"

namespace mlgateway::server {

net::Task<void> Session::run() {
  try {
    co_await serve();
  } catch (const std::exception& error) {
    log::error("session ended by an exception", {{"what", error.what()}});
  }
}

net::Task<void> Session::serve() {
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
