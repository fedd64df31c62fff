// All that is known about one request, from its head to its last byte. The steps fill it in, in their order.
//
// Belongs to one worker. Views point into the stream's head or into the placement's configuration; both outlive it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sidecar/auth/principal.hpp"
#include "sidecar/gateway/world.hpp"
#include "sidecar/http/problem.hpp"
#include "sidecar/http/stream.hpp"
#include "sidecar/upstream/forwarder.hpp"

namespace mlgateway::gateway {

struct Exchange {
  Exchange(http::Stream& caller, std::string_view address, std::shared_ptr<const Placement> placed, Instant now)
      : stream(caller), client(address), placement(std::move(placed)), started(now) {}

  const http::RequestHead& head() const { return stream.head(); }
  const config::Route& config() const { return route->route; }

  http::Stream& stream;
  std::string_view client;                     // the caller's address
  std::shared_ptr<const Placement> placement;  // null: nothing has been configured yet
  Instant started;
  WallTime started_wall{};

  // Step 1, beyond what the stream has checked.
  std::string request_id;
  std::optional<std::chrono::milliseconds> caller_deadline;

  // Step 2. The route is known after it, unless the body has to name it.
  protocol::Match match;
  const PlacedRoute* route = nullptr;
  http::ErrorShape shape = http::ErrorShape::Problem;

  // Steps 3 and 5.
  auth::Principal principal;
  bool identified = false;
  const config::Version* version = nullptr;

  // The body, where a step had to read it whole.
  std::optional<std::string> body;

  // How it went.
  upstream::Report report;
  int status = 0;
  std::optional<Error> error;
};

}  // namespace mlgateway::gateway
