#include "operator/kube/backoff.hpp"

#include <algorithm>

namespace mlgateway::kube {

std::chrono::milliseconds Backoff::next(Instant now, double random) {
  const bool fresh = base_.count() == 0 || now - failed_ >= options_.forget;
  base_ = fresh ? options_.first : std::min(base_ * 2, options_.most);
  failed_ = now;
  const auto jitter = std::chrono::milliseconds(static_cast<std::int64_t>(static_cast<double>(base_.count()) * random));
  return std::min(base_ + jitter, options_.most);
}

}  // namespace mlgateway::kube
