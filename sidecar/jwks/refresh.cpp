#include "sidecar/jwks/refresh.hpp"

#include <algorithm>

namespace mlgateway::jwks {
namespace {

std::chrono::milliseconds pause_after(unsigned failures) {
  constexpr unsigned kMostDoublings = 6;
  const std::chrono::seconds pause = kFirstRetry * (1 << std::min(failures - 1, kMostDoublings));
  return std::min(pause, kLastRetry);
}

}  // namespace

void Refresh::succeed(Instant now) { *this = {now, now, 0}; }

void Refresh::fail(Instant now) {
  attempted = now;
  ++failures;
}

Instant due(const Refresh& refresh, const config::RemoteKeys& rules, bool missed) {
  if (!refresh.attempted) return Instant::min();
  const config::Milliseconds pause =
      refresh.failures == 0 ? rules.interval : std::min(rules.interval, pause_after(refresh.failures));
  return *refresh.attempted + (missed ? std::min<config::Milliseconds>(pause, kLeastGap) : pause);
}

std::optional<Instant> end_of_keys(const Refresh& refresh, const config::RemoteKeys& rules) {
  if (!refresh.fetched) return std::nullopt;
  return *refresh.fetched + rules.interval + rules.stale_while_error;
}

}  // namespace mlgateway::jwks
