// The keys of an issuer that are fetched while the process runs, as those see them who verify tokens.
//
// One thread puts keys in and takes them away; any number of threads look. What is looked at never changes: new keys
// are another object with another number.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "sidecar/config/auth_config.hpp"
#include "sidecar/jose/key_set.hpp"

namespace mlgateway::auth {

class KeyRing {
 public:
  struct Keys {
    jose::KeySet set;
    std::uint64_t number = 0;  // no two in this process have the same
  };

  // Null: there are none that may be used.
  std::shared_ptr<const Keys> current() const;
  // The number of the current keys; 0 when there are none. Never waits.
  std::uint64_t number() const { return number_.load(std::memory_order_acquire); }

  void put(jose::KeySet set);
  void clear();

  // A token named a key that is not among them. Whoever fetches hears of the first one, and of the next after
  // take_miss(). Returns at once.
  void miss();
  bool take_miss() { return missed_.exchange(false, std::memory_order_relaxed); }
  // Called by miss(), from any thread; it must not call the ring back. Set and taken away by who fetches.
  void on_miss(std::function<void()> tell);

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Keys> keys_;  // under mutex_
  std::function<void()> tell_;        // under mutex_
  std::atomic<std::uint64_t> number_{0};
  std::atomic<bool> missed_{false};
};

// Where keys are fetched from, and by whose tokens they are wanted.
struct KeyOrigin {
  std::string issuer;
  config::RemoteKeys remote;
  bool operator==(const KeyOrigin&) const = default;
};

// One ring for each origin that some configuration has named, so that a reload finds the keys that are there. For any
// thread.
class KeyRings {
 public:
  // Made when it is asked for first.
  std::shared_ptr<KeyRing> ring(const KeyOrigin& origin);
  // Forgets all but these. Who holds a ring may go on looking at it.
  void retain(const std::vector<KeyOrigin>& origins);

 private:
  struct Known {
    KeyOrigin origin;
    std::shared_ptr<KeyRing> ring;
  };

  std::mutex mutex_;
  std::vector<Known> known_;  // under mutex_; a handful
};

// Those of a configuration, each once.
std::vector<KeyOrigin> key_origins(const std::vector<config::AuthMethod>& methods, std::vector<KeyOrigin> known = {});

}  // namespace mlgateway::auth
