#include "operator/kube/token_bucket.hpp"

#include <algorithm>

namespace mlgateway::kube {

void TokenBucket::refill(Instant now) {
  if (!started_) filled_ = now;
  started_ = true;
  if (now <= filled_) return;
  tokens_ = std::min(burst_, tokens_ + std::chrono::duration<double>(now - filled_).count() * per_second_);
  filled_ = now;
}

std::chrono::nanoseconds TokenBucket::reserve(Instant now) {
  refill(now);
  tokens_ -= 1;
  if (tokens_ >= 0) return {};
  return std::chrono::ceil<std::chrono::nanoseconds>(std::chrono::duration<double>(-tokens_ / per_second_));
}

bool TokenBucket::take(Instant now) {
  refill(now);
  if (tokens_ < 1) return false;
  tokens_ -= 1;
  return true;
}

}  // namespace mlgateway::kube
