// What the workers of one process share beside their counters: a few numbers, all atomic.
#pragma once

#include <atomic>
#include <cstddef>

#include "sidecar/http/stream.hpp"

namespace mlgateway::server {

struct Limits {
  http::StreamLimits stream;
  std::size_t max_connections = 10000;  // of the process; more are answered 503 and closed
};

struct Shared {
  explicit Shared(Limits chosen) : limits(chosen) {}

  const Limits limits;
  std::atomic<std::size_t> connections{0};
  std::atomic<bool> draining{false};  // answers ask callers to go elsewhere
  std::atomic<bool> closing{false};   // and a connection ends as soon as it is between requests
};

}  // namespace mlgateway::server
