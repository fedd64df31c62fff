// Where an equal request is under way its call is waited for; otherwise this one makes the call that others may join.
#include "sidecar/gateway/flight_wait.hpp"
#include "sidecar/gateway/gateway.hpp"
#include "sidecar/gateway/shared_call.hpp"
#include "sidecar/gateway/wishes.hpp"

namespace mlgateway::gateway {
namespace {

using observe::CacheState;
using Why = FlightWait::Why;

Error gave_up(Why why, const upstream::Deadlines& times) {
  if (why == Why::CallerGone) return {Reason::ClientClosed, "caller hung up while a shared call was under way"};
  if (times.set_by_caller) return {Reason::CallerDeadline, "caller's own deadline is over"};
  return {Reason::RequestTimeout, "model did not answer in time"};
}

// What is kept is kept as it is, for callers who may not read what this one reads.
void ask_for_plain_answer(http::RequestHead& head) {
  for (http::Field& field : head.fields.all()) {
    if (http::equals_ignoring_case(field.name, "accept-encoding")) field.hop_by_hop = true;
  }
}

}  // namespace

net::Task<Status> Gateway::share(Exchange& exchange) {
  const upstream::Deadlines times = deadlines(exchange.started, exchange.config().timeouts, exchange.caller_deadline);
  if (exchange.stream.socket().peer_closed()) co_return gave_up(Why::CallerGone, times);
  const Instant asked = std::chrono::steady_clock::now();
  FlightWait wait(exchange.stream.socket(), times.request);
  const cache::Wishes& wishes = exchange.recall.wishes;
  // Who has turned down what is kept, or may have, wants what the model says now.
  cache::Store* const store = wishes.no_cache || wishes.max_age ? nullptr : exchange.route->setup.store.get();
  auto joined = commons_.flights().join(*exchange.recall.key, wait.participant(), store, exchange.loop().now());
  if (joined.stored) {
    exchange.recall.state = CacheState::Hit;
    exchange.recall.kept = joined.stored;
    pay_as_hit(exchange);
    co_return co_await serve_kept(exchange, joined.stored);
  }

  std::shared_ptr<SharedCall> own;
  if (joined.leads) {
    if (const Status paid = pay_in_full(exchange); !paid) {
      joined.flight->leave(wait.participant());
      co_return paid;
    }
    own = call_model(exchange, joined.flight);
  } else {
    exchange.recall.state = CacheState::Collapsed;
    pay_as_hit(exchange);
  }

  const Why why = co_await wait;
  exchange.report.with_model = std::chrono::steady_clock::now() - asked;
  // Once begun, a call is paid for by who began it, and a share of it by who joined, even when they leave; unless it
  // ends with who began it, and the model has not heard of it.
  exchange.report.reached_model = true;
  if (why != Why::Landed) {
    const bool ended = joined.flight->leave(wait.participant());
    if (ended && own) exchange.report.reached_model = own->report.reached_model;
    co_return gave_up(why, times);
  }
  const cache::Outcome& outcome = joined.flight->outcome();
  if (own) exchange.report = own->report;
  if (outcome.error) co_return *outcome.error;
  if (outcome.answer) {
    exchange.recall.kept_by_this = outcome.stored;
    co_return co_await serve_kept(exchange, outcome.answer);
  }
  exchange.recall.key.reset();
  if (own) co_return co_await take_over(exchange, *own);
  // The answer is for nobody but its own caller, so this one has to ask for himself.
  co_return co_await call_alone(exchange);
}

net::Task<Status> Gateway::call_alone(Exchange& exchange) {
  exchange.recall.state = CacheState::Miss;
  exchange.report = {};
  if (const Status paid = pay_in_full(exchange); !paid) co_return paid;
  co_return co_await forward(exchange);
}

std::shared_ptr<SharedCall> Gateway::call_model(Exchange& exchange, std::shared_ptr<cache::Flight> flight) {
  ask_for_plain_answer(exchange.stream.head());
  const std::size_t version = exchange.route->index_of(*exchange.version);
  std::shared_ptr<SharedCall> shared(new SharedCall{.placement = exchange.placement,
                                                    .route = *exchange.route,
                                                    .tag = exchange.route->setup.cache_tags[version],
                                                    .flight = std::move(flight),
                                                    .head = onward_head(exchange, *exchange.body),
                                                    .body = std::move(*exchange.body),
                                                    .report = {},
                                                    .keeping = {},
                                                    .call = nullptr});
  const auto wanted = [raw = shared.get()](const http::ResponseHead& head) {
    return worth_collecting(head, *raw->route.route.cache, raw->keeping);
  };
  const upstream::Errand errand = errand_of(exchange, shared->head, shared->body, {});
  shared->call = forwarder_.call(errand, exchange.head().method, wanted);
  net::Loop& loop = exchange.loop();
  shared->flight->on_cancel([&loop, weak = std::weak_ptr(shared)] {
    loop.post([weak] {
      if (const auto still = weak.lock()) still->call->cancel();
    });
  });
  net::spawn(fly(loop, shared));
  return shared;
}

// The answer cannot be shared, but it is this caller's, and it has begun to arrive.
net::Task<Status> Gateway::take_over(Exchange& exchange, SharedCall& call) {
  const AnswerFields fields = answer_fields(exchange);
  const upstream::Errand errand = errand_of(exchange, call.head, call.body, fields);
  co_return co_await call.call->relay(exchange.stream, errand, exchange.report);
}

}  // namespace mlgateway::gateway
