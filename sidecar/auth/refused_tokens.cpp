#include "sidecar/auth/refused_tokens.hpp"

#include <algorithm>

namespace mlgateway::auth {

RefusedTokens::RefusedTokens(std::size_t most) : most_(std::max<std::size_t>(1, most)) {}

std::optional<Error> RefusedTokens::find(const config::Digest& key, WallTime now) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(key);
  if (found == entries_.end() || now >= found->second.end) return std::nullopt;
  return found->second.refusal;
}

void RefusedTokens::remember(const config::Digest& key, const Error& refusal, WallTime end) {
  const std::lock_guard lock(mutex_);
  const auto [entry, is_new] = entries_.insert_or_assign(key, Entry{refusal, end});
  if (!is_new) return;
  if (ring_.size() < most_) {
    ring_.push_back(key);
    return;
  }
  entries_.erase(ring_[oldest_]);
  ring_[oldest_] = key;
  oldest_ = (oldest_ + 1) % most_;
}

}  // namespace mlgateway::auth
