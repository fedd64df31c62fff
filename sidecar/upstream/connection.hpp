// One connection to a model, either in an exchange or idle in the pool.
#pragma once

#include "sidecar/base/clock.hpp"
#include "sidecar/http/buffer.hpp"
#include "sidecar/net/socket.hpp"
#include "sidecar/observe/counter.hpp"

namespace mlgateway::upstream {

class Origin;

struct Connection {
  Connection(net::Loop& loop, int descriptor, Origin& home, observe::Gauge& counted)
      : socket(loop, descriptor), origin(home), open(counted) {
    open.add();
  }
  ~Connection() { open.sub(); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  net::Socket socket;
  http::Buffer buffer;  // what the model has answered and nobody has read yet
  Origin& origin;
  observe::Gauge& open;
  bool reused = false;  // it has carried an exchange before this one
  Instant idle_since{};
};

}  // namespace mlgateway::upstream
