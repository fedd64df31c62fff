// The story of a request. Gateway::handle is the page to read first.
//
// One per worker, used by its thread only; everything it refers to outlives it.
#pragma once

#include <memory>

#include "sidecar/gateway/answer.hpp"
#include "sidecar/gateway/commons.hpp"
#include "sidecar/gateway/exchange.hpp"
#include "sidecar/gateway/random.hpp"
#include "sidecar/net/task.hpp"
#include "sidecar/observe/access_log.hpp"
#include "sidecar/observe/worker_metrics.hpp"
#include "sidecar/protocol/body_model.hpp"
#include "sidecar/protocol/quantities.hpp"
#include "sidecar/upstream/forwarder.hpp"

namespace mlgateway::gateway {

struct SharedCall;

class Gateway {
 public:
  Gateway(Commons& commons, upstream::Forwarder& forwarder, observe::WorkerMetrics& metrics,
          observe::AccessWriter& access_log)
      : commons_(commons), forwarder_(forwarder), metrics_(metrics), access_log_(access_log) {}

  // Serves one request to its end: answered, counted and logged when it returns.
  net::Task<void> handle(Exchange& exchange);
  // The same for bytes that never became a request.
  net::Task<void> turn_away(Exchange& exchange, const Error& error);

 private:
  // The steps, in the order of the story. Each either fills in the exchange or says why it ends here.
  Status read_wishes(Exchange& exchange);
  Status match_route(Exchange& exchange) const;
  Status identify(Exchange& exchange) const;
  net::Task<Status> introspect(Exchange& exchange);
  net::Task<Status> name_route(Exchange& exchange);
  Status authorize(Exchange& exchange) const;
  Status choose_version(Exchange& exchange);
  Status check_size(Exchange& exchange) const;
  net::Task<Status> weigh(Exchange& exchange);
  Status recall(Exchange& exchange);
  Status admit(Exchange& exchange);
  net::Task<Status> fulfil(Exchange& exchange);

  // The ways in which a request is fulfilled: from the cache, by a call that equal requests share, by its own call.
  net::Task<Status> serve_kept(Exchange& exchange, cache::AnswerPtr answer);
  net::Task<Status> share(Exchange& exchange);
  net::Task<Status> call_alone(Exchange& exchange);
  net::Task<Status> forward(Exchange& exchange);

  Status reserve(Exchange& exchange, limits::Amount cost);
  Status pay_in_full(Exchange& exchange);
  void pay_as_hit(Exchange& exchange);
  std::shared_ptr<SharedCall> call_model(Exchange& exchange, std::shared_ptr<cache::Flight> flight);
  net::Task<Status> take_over(Exchange& exchange, SharedCall& call);

  static Result<auth::Principal> who_calls(Exchange& exchange, const PlacedRoute& route);
  // Has the question of exchange.inquiry answered, if only by a failure; an Error means the exchange is over.
  net::Task<Status> ask(Exchange& exchange);
  // Whether the route lets somebody do what the request wants, before it is certain that it means this route.
  static Status may_enter(const Exchange& exchange, const config::Route& route, const auth::Principal& principal);
  void hide_credentials(Exchange& exchange) const;
  static std::string tell_identity(Exchange& exchange);
  std::string onward_head(Exchange& exchange, std::optional<std::string_view> body) const;
  upstream::Errand errand_of(const Exchange& exchange, std::string_view head, std::optional<std::string_view> body,
                             const AnswerFields& fields) const;

  net::Task<void> list_models(Exchange& exchange);
  net::Task<void> refuse(Exchange& exchange, const Error& error);
  void finish(Exchange& exchange);

  Commons& commons_;
  upstream::Forwarder& forwarder_;
  observe::WorkerMetrics& metrics_;
  observe::AccessWriter& access_log_;
  protocol::BodyModelReader body_model_;
  protocol::QuantityReader quantities_;
  limits::RouteQuotas::Claims claims_;  // of the request that is being admitted
  std::vector<limits::Standing> standings_;
  Random random_;
};

}  // namespace mlgateway::gateway
