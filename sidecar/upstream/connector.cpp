#include "sidecar/upstream/connector.hpp"

#include "sidecar/net/sleep.hpp"

namespace mlgateway::upstream {
namespace {

using namespace std::chrono_literals;

// A name is looked up when its configuration arrives; only a request that comes right behind it has to wait, and so
// briefly.
constexpr auto kFirstLookUp = 5ms;

Error given_up() { return {Reason::ClientClosed, "nobody waits for the connection any more"}; }

net::Task<net::IoStatus> connected(Connection& connection, Instant deadline, Cancellation& cancellation) {
  const Cancellation::During during(cancellation, connection.socket);
  if (cancellation.requested()) co_return net::IoStatus::Cancelled;
  net::Socket::Connected connected = connection.socket.connected(deadline);
  co_return co_await connected;
}

}  // namespace

net::Task<Result<std::shared_ptr<const Addresses>>> Connector::addresses_of(const Origin& origin, Instant deadline,
                                                                            const Cancellation& cancellation) {
  const std::string& host = origin.endpoint().host;
  while (true) {
    const Resolver::Answer answer = resolver_.find(host);
    if (answer.knowledge == Resolver::Knowledge::Known) co_return answer.addresses;
    if (answer.knowledge == Resolver::Knowledge::Unknown) {
      co_return Error(Reason::UpstreamUnreachable, "name " + host + " does not resolve");
    }
    if (cancellation.requested()) co_return given_up();
    if (loop_.now() >= deadline)
      co_return Error(Reason::UpstreamConnectTimeout, "name " + host + " did not resolve in time");
    net::Sleep pause(loop_, loop_.now() + kFirstLookUp);
    co_await pause;
  }
}

net::Task<Result<std::unique_ptr<Connection>>> Connector::connect(Origin& origin, Instant deadline,
                                                                  Cancellation& cancellation) {
  const auto addresses = co_await addresses_of(origin, deadline, cancellation);
  if (!addresses) co_return addresses.error();
  const Addresses& candidates = **addresses;
  const std::size_t first = turn_++;
  Error last(Reason::UpstreamUnreachable, "no address of " + origin.authority());
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const net::Address address = candidates[(first + i) % candidates.size()].with_port(origin.endpoint().port);
    const Result<int> descriptor = net::begin_connect(address);
    if (!descriptor) {
      metrics_.upstream_connect(observe::ConnectResult::Failure);
      last = descriptor.error();
      continue;
    }
    auto connection = std::make_unique<Connection>(loop_, *descriptor, origin, metrics_.upstream_connections);
    const net::IoStatus status = co_await connected(*connection, deadline, cancellation);
    if (status == net::IoStatus::Ok) {
      metrics_.upstream_connect(observe::ConnectResult::Success);
      co_return connection;
    }
    if (status == net::IoStatus::Cancelled) co_return given_up();
    if (status == net::IoStatus::TimedOut) {
      metrics_.upstream_connect(observe::ConnectResult::Timeout);
      co_return Error(Reason::UpstreamConnectTimeout, "connect to " + address.to_string() + " timed out");
    }
    metrics_.upstream_connect(observe::ConnectResult::Failure);
    last = Error(Reason::UpstreamUnreachable, "connect to " + address.to_string() + " was refused");
  }
  co_return last;
}

}  // namespace mlgateway::upstream
