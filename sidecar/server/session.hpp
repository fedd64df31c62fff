// One caller's connection: its requests one after the other until either side has had enough.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "sidecar/gateway/gateway.hpp"
#include "sidecar/http/stream.hpp"
#include "sidecar/net/address.hpp"
#include "sidecar/net/socket.hpp"
#include "sidecar/server/shared.hpp"

namespace mlgateway::server {

class Session {
 public:
  // What a session needs of its worker; outlives it.
  struct Surroundings {
    Shared& shared;
    gateway::Gateway& gateway;
    const std::shared_ptr<const gateway::Placement>& placement;  // the worker's current one
    observe::WorkerMetrics& metrics;
  };

  Session(net::Loop& loop, int descriptor, const net::Address& peer, Surroundings surroundings)
      : socket_(loop, descriptor),
        stream_(socket_, surroundings.shared.limits.stream, surroundings.shared.draining),
        client_(peer.host()),
        around_(surroundings) {}

  // Returns when the connection is to be closed. Lets no exception out: one bad request ends one connection.
  net::Task<void> run();
  // Answers that the process has too many connections, and returns.
  net::Task<void> turn_away();

  // Ends it if it is between requests; one that serves ends after its answer by itself.
  void end_if_idle() {
    if (stream_.idle() || greeted_) socket_.cancel();
  }
  void cut() { socket_.cancel(); }

 private:
  // Secures the connection when the caller wants that and a route has a certificate; false: there is nobody to serve.
  net::Task<bool> secure();
  void count_handshake(net::IoStatus outcome);
  net::Task<void> serve();
  net::Task<bool> serve_one();

  net::Socket socket_;
  http::Stream stream_;
  std::string client_;
  Surroundings around_;
  bool greeted_ = false;  // it waits for the first byte, or in the handshake
};

}  // namespace mlgateway::server
