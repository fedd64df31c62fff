// Fetches the key sets that routes name by URL or by discovery, on one thread of its own.
//
// Workers look at auth::KeyRings and never wait for this: a provider that hangs, lies or is gone costs those their
// answers whose tokens it has signed, after its keys have become too old, and nobody else anything.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "sidecar/auth/key_ring.hpp"
#include "sidecar/config/gateway_config.hpp"
#include "sidecar/jwks/numbers.hpp"

namespace mlgateway::jwks {

class Fetcher {
 public:
  explicit Fetcher(auth::KeyRings& rings);
  ~Fetcher();  // waits for a look-up of a name that is under way
  Fetcher(const Fetcher&) = delete;
  Fetcher& operator=(const Fetcher&) = delete;

  // From now on fetches what this configuration needs, and nothing else; called by one thread at a time, before the
  // configuration comes into force. Origins that are new are tried at once, and it waits for the outcome, but no longer
  // than `patience`, so that keys are there before the first request needs them.
  void track(const config::GatewayConfig& config, std::chrono::milliseconds patience);

  // One for each origin; from any thread.
  std::vector<Numbers> numbers() const;

 private:
  struct Engine;  // the thread's io_context and its sources; Asio stays out of this header

  bool all_tried() const;

  auth::KeyRings& rings_;
  mutable std::mutex mutex_;
  std::condition_variable tried_;
  std::unique_ptr<Engine> engine_;
  std::jthread thread_;
};

}  // namespace mlgateway::jwks
