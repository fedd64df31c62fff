#include "sidecar/upstream/forwarder.hpp"

#include <algorithm>

#include "sidecar/upstream/call.hpp"
#include "sidecar/upstream/exchange_on.hpp"

namespace mlgateway::upstream {

net::Task<Result<std::unique_ptr<Connection>>> Forwarder::connection_for(http::Stream& caller, const Errand& errand,
                                                                         bool fresh) {
  if (!fresh) {
    const bool cannot_repeat = !errand.body;
    if (auto idle = pool_.take(errand.origin, cannot_repeat)) co_return idle;
  }
  auto opened = co_await open(caller, errand);
  if (!opened && loop_.now() >= errand.deadlines.request) {
    co_return Error(errand.deadlines.set_by_caller ? Reason::CallerDeadline : Reason::RequestTimeout,
                    opened.error().message);
  }
  co_return opened;
}

// A caller who hangs up meanwhile is noticed.
net::Task<Result<std::unique_ptr<Connection>>> Forwarder::open(http::Stream& caller, const Errand& errand) {
  Cancellation cancellation;
  if (caller.socket().peer_closed()) cancellation.request();
  caller.socket().on_peer_closed([](void* context) { static_cast<Cancellation*>(context)->request(); }, &cancellation);
  const Instant patience = loop_.now() + errand.deadlines.connect;
  auto opened = co_await connector_.connect(errand.origin, std::min(patience, errand.deadlines.request), cancellation);
  caller.socket().on_peer_closed(nullptr, nullptr);
  co_return opened;
}

std::unique_ptr<Call> Forwarder::call(const Errand& errand, std::string_view method, Call::Wanted wanted) {
  return std::make_unique<Call>(loop_, pool_, connector_, errand, method, std::move(wanted));
}

net::Task<Status> Forwarder::forward(http::Stream& caller, Errand errand, Report& report) {
  std::string again;  // a request that came in pieces, once it is complete
  for (bool fresh = false;; fresh = true) {
    auto connection = co_await connection_for(caller, errand, fresh);
    if (!connection) co_return connection.error();
    ExchangeOn exchange(loop_, caller, **connection, errand);
    const Instant began = std::chrono::steady_clock::now();
    const Status outcome = co_await exchange.run();
    report.with_model += std::chrono::steady_clock::now() - began;
    report.reached_model = report.reached_model || exchange.asked();
    report.status = exchange.status();
    if (outcome.ok()) {
      if (exchange.connection_is_reusable()) pool_.give_back(std::move(*connection));
      co_return outcome;
    }
    const bool closed_unanswered = (*connection)->reused && exchange.closed_before_any_answer();
    if (fresh || !closed_unanswered) co_return outcome;
    if (errand.body) continue;
    const auto replay = exchange.replay();
    if (!replay) co_return outcome;
    again.assign(*replay);
    errand.head = again;
    errand.body = std::string_view{};
  }
}

}  // namespace mlgateway::upstream
