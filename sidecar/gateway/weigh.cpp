// Step 6: what a request asks of the model, and what that costs.
#include "sidecar/gateway/gateway.hpp"
#include "sidecar/gateway/read_body.hpp"
#include "sidecar/limits/cost.hpp"

namespace mlgateway::gateway {
namespace {

bool has_to_be_read(const Exchange& exchange) {
  const RouteSetup& setup = exchange.route->setup;
  const bool length_unknown = exchange.head().framing == http::Framing::Chunked;
  return setup.looks_into_body || (setup.counts_bytes && length_unknown);
}

}  // namespace

net::Task<Status> Gateway::weigh(Exchange& exchange) {
  if (!exchange.predicts()) co_return Done{};
  if (!exchange.body && has_to_be_read(exchange)) {
    const Status read = co_await read_body(exchange);
    if (!read) co_return read;
  }
  const config::Route& route = exchange.config();
  if (exchange.route->setup.looks_into_body) {
    auto counted = quantities_.count(route.protocol, exchange.head(), *exchange.body, exchange.route->setup.wanted);
    if (!counted) co_return counted.error();
    exchange.counted = std::move(*counted);
  }
  const limits::Quantities quantities{
      .rows = exchange.counted.rows,
      .elements = exchange.counted.elements,
      .request_bytes = exchange.body ? exchange.body->size() : exchange.head().content_length,
      .pointed = exchange.counted.pointed};
  exchange.bill.full = limits::cost_of(route.cost, quantities, exchange.version->cost_factor);
  co_return Done{};
}

}  // namespace mlgateway::gateway
