// Step 3, where only its provider can say whose token it is. The request waits; the worker does not.
#include <memory>
#include <optional>
#include <utility>

#include "sidecar/gateway/flight_wait.hpp"
#include "sidecar/gateway/gateway.hpp"

namespace mlgateway::gateway {
namespace {

using Why = FlightWait::Why;

// The provider has a timeout of its own, which comes first unless something is wrong.
constexpr std::chrono::seconds kGrace{1};

}  // namespace

net::Task<Status> Gateway::introspect(Exchange& exchange) {
  const Status asked = co_await ask(exchange);
  if (!asked) co_return asked;
  co_return identify(exchange);
}

net::Task<Status> Gateway::ask(Exchange& exchange) {
  auth::Question question = std::move(*exchange.inquiry.open);
  exchange.inquiry.open.reset();
  const Error gone(Reason::ClientClosed, "caller hung up while a provider was asked about the token");
  if (exchange.stream.socket().peer_closed()) co_return gone;
  const config::Digest key = question.key;
  const Instant patience = std::chrono::steady_clock::now() + question.rules->provider.timeout + kGrace;
  const Instant own = exchange.caller_deadline ? exchange.started + *exchange.caller_deadline : Instant::max();

  FlightWait wait(exchange.stream.socket(), std::min(patience, own));
  const auto told = std::make_shared<std::optional<auth::Verdict>>();
  commons_.tokens().ask(std::move(question), [told, wake = wait.participant().wake](const auth::Verdict& verdict) {
    *told = verdict;
    wake();
  });
  const Why why = co_await wait;
  if (why == Why::CallerGone) co_return gone;
  if (why == Why::TimedOut && own < patience) {
    co_return Error(Reason::CallerDeadline, "caller's own deadline is over");
  }
  // Unless it has landed, `told` may just be written.
  const Error silence(Reason::IntrospectionUnavailable, "nobody has answered in time");
  exchange.inquiry.answered.push_back({key, why == Why::Landed ? **told : auth::Verdict(silence)});
  co_return Done{};
}

}  // namespace mlgateway::gateway
