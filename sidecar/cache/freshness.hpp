// Whether an answer may be kept, for how long, and what a caller wants of the cache (RFC 9111, as far as an answer to a
// POST can follow it). Pure.
#pragma once

#include <chrono>
#include <optional>

#include "sidecar/http/message.hpp"

namespace mlgateway::cache {

// Cache-Control of the request.
struct Wishes {
  bool no_store = false;  // neither look nor keep
  bool no_cache = false;  // do not look; keep what comes
  bool only_if_cached = false;
  std::optional<std::chrono::seconds> max_age;
};
Wishes wishes_of(const http::Fields& request);

// Whether others may have it, as its head tells.
struct Keeping {
  // With those who wait for this very call: no-cache and max-age=0 are no obstacle, since it is made while they wait.
  bool share = false;
  bool store = false;                // for those who come later; only 200, never without share
  std::chrono::milliseconds ttl{0};  // with store: the route's, or less where the model says so
  std::chrono::seconds age{0};       // that the answer had when it came, from a cache behind us
};
Keeping keeping_of(const http::ResponseHead& answer, std::chrono::milliseconds route_ttl);

}  // namespace mlgateway::cache
