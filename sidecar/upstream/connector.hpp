// Opens connections to models.
#pragma once

#include <memory>

#include "sidecar/base/result.hpp"
#include "sidecar/net/loop.hpp"
#include "sidecar/net/task.hpp"
#include "sidecar/observe/worker_metrics.hpp"
#include "sidecar/upstream/cancellation.hpp"
#include "sidecar/upstream/connection.hpp"
#include "sidecar/upstream/pool.hpp"
#include "sidecar/upstream/resolver.hpp"

namespace mlgateway::upstream {

class Connector {
 public:
  Connector(net::Loop& loop, const Resolver& resolver, observe::WorkerMetrics& metrics)
      : loop_(loop), resolver_(resolver), metrics_(metrics) {}

  // Tries the addresses of the origin's host one after the other until one connects or `deadline` passes.
  // Fails with UpstreamUnreachable or UpstreamConnectTimeout; with ClientClosed when it was cancelled.
  net::Task<Result<std::unique_ptr<Connection>>> connect(Origin& origin, Instant deadline, Cancellation& cancellation);

 private:
  net::Task<Result<std::shared_ptr<const Addresses>>> addresses_of(const Origin& origin, Instant deadline,
                                                                   const Cancellation& cancellation);

  net::Loop& loop_;
  const Resolver& resolver_;
  observe::WorkerMetrics& metrics_;
  std::size_t turn_ = 0;  // spreads connections over a name's addresses
};

}  // namespace mlgateway::upstream
