// The story of a request. Gateway::handle is the page to read first.
//
// One per worker, used by its thread only; everything it refers to outlives it.
#pragma once

#include <memory>

#include "sidecar/gateway/exchange.hpp"
#include "sidecar/gateway/random.hpp"
#include "sidecar/net/task.hpp"
#include "sidecar/observe/access_log.hpp"
#include "sidecar/observe/worker_metrics.hpp"
#include "sidecar/protocol/body_model.hpp"
#include "sidecar/upstream/forwarder.hpp"

namespace mlgateway::gateway {

class Gateway {
 public:
  Gateway(upstream::Forwarder& forwarder, observe::WorkerMetrics& metrics, observe::AccessWriter& access_log)
      : forwarder_(forwarder), metrics_(metrics), access_log_(access_log) {}

  // Serves one request to its end: answered, counted and logged when it returns.
  net::Task<void> handle(Exchange& exchange);
  // The same for bytes that never became a request.
  net::Task<void> turn_away(Exchange& exchange, const Error& error);

 private:
  // The steps, in the order of the story. Each either fills in the exchange or says why it ends here.
  Status read_wishes(Exchange& exchange);
  Status match_route(Exchange& exchange) const;
  Status identify(Exchange& exchange) const;
  net::Task<Status> name_route(Exchange& exchange);
  Status choose_version(Exchange& exchange);
  Status check_size(Exchange& exchange) const;
  void hide_credentials(Exchange& exchange) const;
  net::Task<Status> forward(Exchange& exchange);

  net::Task<void> list_models(Exchange& exchange);
  net::Task<void> refuse(Exchange& exchange, const Error& error);
  void finish(Exchange& exchange);

  upstream::Forwarder& forwarder_;
  observe::WorkerMetrics& metrics_;
  observe::AccessWriter& access_log_;
  protocol::BodyModelReader body_model_;
  Random random_;
};

}  // namespace mlgateway::gateway
