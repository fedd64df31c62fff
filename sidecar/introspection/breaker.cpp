#include "sidecar/introspection/breaker.hpp"

#include <algorithm>

namespace mlgateway::introspection {

bool Breaker::admit(Instant now) {
  if (!open()) return true;
  if (probing_ || now < until_) return false;
  probing_ = true;
  return true;
}

void Breaker::succeed() {
  failures_ = 0;
  probing_ = false;
}

void Breaker::fail(Instant now) {
  constexpr unsigned kMostDoublings = 5;
  ++failures_;
  probing_ = false;
  if (!open()) return;
  const std::chrono::seconds pause = kFirstPause * (1 << std::min(failures_ - kMostFailures, kMostDoublings));
  until_ = now + std::min(pause, kLastPause);
}

}  // namespace mlgateway::introspection
