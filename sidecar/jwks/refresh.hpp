// When keys are fetched, and for how long those are good that could not be renewed. Pure.
#pragma once

#include <chrono>
#include <optional>

#include "sidecar/base/clock.hpp"
#include "sidecar/config/auth_config.hpp"

namespace mlgateway::jwks {

// However many tokens name keys that nobody knows, a provider is not asked more often for that.
inline constexpr std::chrono::seconds kLeastGap{5};
// After a failure it is tried again this soon; each further failure doubles that, up to the last.
inline constexpr std::chrono::seconds kFirstRetry{1};
inline constexpr std::chrono::seconds kLastRetry{60};

// How it went so far.
struct Refresh {
  std::optional<Instant> fetched;    // when it last succeeded
  std::optional<Instant> attempted;  // when it last ended, well or not
  unsigned failures = 0;             // since the last success

  void succeed(Instant now);
  void fail(Instant now);
};

// When to fetch next; the past when nothing was tried yet. `missed`: a token has named a key that is not there.
Instant due(const Refresh& refresh, const config::RemoteKeys& rules, bool missed);

// From when on the keys must not be used any more, because they could not be renewed for too long. None: there are
// none.
std::optional<Instant> end_of_keys(const Refresh& refresh, const config::RemoteKeys& rules);

}  // namespace mlgateway::jwks
