// A call to a model that equal requests share. It belongs to the flight, not to the caller who began it: that one may
// leave, and it goes on for those who wait.
#pragma once

#include <memory>
#include <string>

#include "sidecar/cache/flights.hpp"
#include "sidecar/cache/freshness.hpp"
#include "sidecar/gateway/world.hpp"
#include "sidecar/net/task.hpp"
#include "sidecar/upstream/call.hpp"

namespace mlgateway::gateway {

// Lives on the loop of the worker whose caller began it. Keeps all that the call refers to alive.
struct SharedCall {
  std::shared_ptr<const Placement> placement;
  const PlacedRoute& route;
  cache::Key tag;
  std::shared_ptr<cache::Flight> flight;
  std::string head;  // as the model gets it
  std::string body;
  upstream::Report report;
  cache::Keeping keeping;  // what the head of the answer allows
  std::unique_ptr<upstream::Call> call;
};

// How many bytes of an answer's body are worth collecting, none if nobody else may have it; remembers why in `keeping`.
std::optional<std::size_t> worth_collecting(const http::ResponseHead& head, const config::Cache& cache,
                                            cache::Keeping& keeping);

// Asks the model and lands the flight, whatever comes of it.
net::Task<void> fly(net::Loop& loop, std::shared_ptr<SharedCall> shared);

}  // namespace mlgateway::gateway
