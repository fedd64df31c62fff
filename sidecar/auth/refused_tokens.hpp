// Tokens that a provider has refused, for a few seconds: who goes on presenting one does not make it ask each time.
//
// Any thread. Bounded: when it is full the oldest goes, so whoever fills it with tokens of his own gains nothing but
// that others are asked about again.
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "sidecar/base/clock.hpp"
#include "sidecar/base/result.hpp"
#include "sidecar/config/values.hpp"

namespace mlgateway::auth {

class RefusedTokens {
 public:
  static constexpr std::size_t kMostTokens = 4096;

  explicit RefusedTokens(std::size_t most = kMostTokens);

  // Why it was refused; nothing when it is not known (any more).
  std::optional<Error> find(const config::Digest& key, WallTime now) const;
  void remember(const config::Digest& key, const Error& refusal, WallTime end);

 private:
  struct Entry {
    Error refusal;
    WallTime end;
  };

  const std::size_t most_;
  mutable std::mutex mutex_;
  std::map<config::Digest, Entry> entries_;  // under mutex_
  std::vector<config::Digest> ring_;         // the keys of all entries, in the order in which they came; under mutex_
  std::size_t oldest_ = 0;                   // under mutex_
};

}  // namespace mlgateway::auth
