// Whether it is worth while to ask a provider that has failed. Pure.
//
// A circuit breaker (M. Nygard, "Release It!", 2007): after so many failures in a row it opens, and whoever would ask
// is told at once that nobody can be asked. When its pause is over one question is let through; how that one fares
// decides.
#pragma once

#include <chrono>

#include "sidecar/base/clock.hpp"

namespace mlgateway::introspection {

class Breaker {
 public:
  static constexpr unsigned kMostFailures = 5;
  static constexpr std::chrono::seconds kFirstPause{1};  // each further failure doubles it ...
  static constexpr std::chrono::seconds kLastPause{30};  // ... up to this

  // May a question be asked now? With true, succeed() or fail() has to follow.
  bool admit(Instant now);
  void succeed();
  void fail(Instant now);

  bool open() const { return failures_ >= kMostFailures; }

 private:
  unsigned failures_ = 0;  // in a row
  bool probing_ = false;   // the one question of an open breaker is under way
  Instant until_{};        // of the pause
};

}  // namespace mlgateway::introspection
