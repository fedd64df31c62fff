// All that is known about one request, from its head to its last byte. The steps fill it in, in their order.
//
// Belongs to one worker. Views point into the stream's head or into the placement's configuration; both outlive it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sidecar/auth/authenticator.hpp"
#include "sidecar/auth/permission.hpp"
#include "sidecar/auth/principal.hpp"
#include "sidecar/cache/answer.hpp"
#include "sidecar/cache/freshness.hpp"
#include "sidecar/cache/key.hpp"
#include "sidecar/gateway/world.hpp"
#include "sidecar/http/problem.hpp"
#include "sidecar/http/stream.hpp"
#include "sidecar/limits/ledger.hpp"
#include "sidecar/observe/cache_state.hpp"
#include "sidecar/upstream/forwarder.hpp"

namespace mlgateway::gateway {

// What a request costs and what was taken for it so far.
struct Bill {
  limits::Amount full = 0;                 // as a call to the model
  limits::Reservation reservation;         // open where a quota applies
  std::optional<limits::Refusal> refusal;  // of the limit that was in the way ...
  std::string refused_by;                  // ... as "QUOTA.TIER.LIMIT"
  std::vector<std::string> violated;       // ... and by the name it has in RateLimit-Policy
  std::string limits_told;                 // the RateLimit lines of the answer
  std::optional<limits::Amount> charged;   // in the end; none: not decided yet
};

// What the cache has to do with a request; `state` is empty where the route has none.
struct Recall {
  std::optional<observe::CacheState> state;
  cache::Wishes wishes;
  std::optional<cache::Key> key;  // none: neither look nor keep
  cache::AnswerPtr kept;          // a hit
  bool kept_by_this = false;      // the answer to this request is kept for others
};

struct Exchange {
  Exchange(http::Stream& caller, std::string_view address, std::shared_ptr<const Placement> placed, Instant now)
      : stream(caller), client(address), placement(std::move(placed)), started(now) {
    inquiry.client = client;
  }

  const http::RequestHead& head() const { return stream.head(); }
  const config::Route& config() const { return route->route; }
  net::Loop& loop() const { return stream.socket().loop(); }
  bool secured() const { return stream.socket().tls() != nullptr; }
  // Quotas, costs and the cache are about predictions: asking whether a model is ready is free.
  bool predicts() const { return route != nullptr && match.operation == protocol::Operation::Infer; }

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

  // Steps 3 to 5.
  auth::Principal principal;
  auth::Inquiry inquiry;
  bool identified = false;
  auth::Permission permission;
  std::optional<Error> would_refuse;  // what a dry run of the route's authorization would have said
  const config::Version* version = nullptr;

  // Step 6. The body, where a step had to read it whole, and what was found in it.
  std::optional<std::string> body;
  protocol::Counted counted;

  // Steps 7 and 8.
  Recall recall;
  Bill bill;

  // How it went.
  upstream::Report report;
  int status = 0;
  std::optional<Error> error;
};

}  // namespace mlgateway::gateway
