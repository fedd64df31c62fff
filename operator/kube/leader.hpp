// Runs an Election in a thread of its own.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <random>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>

#include "operator/kube/client.hpp"
#include "operator/kube/election.hpp"

namespace mlgateway::kube {

// Safe from any thread. Destroy it after whatever works as the leader: it gives the lease back at once, so that the
// next one need not wait for its end.
class Leader {
 public:
  // Called from the leader's thread, `lost` after each `won`. Whoever loses a lease ends: another works already.
  // What they touch must outlive the Leader, and so must `client`.
  struct Turns {
    std::function<void()> won;
    std::function<void()> lost;
  };

  Leader(Client& client, ElectionOptions options, Turns turns);
  ~Leader();
  Leader(const Leader&) = delete;
  Leader& operator=(const Leader&) = delete;

  bool leading() const;
  // The deadline of every write: in the past when we do not lead.
  Instant leading_until() const;
  std::string holder() const;

 private:
  void run(const std::stop_token& stop);
  void act(const ElectionAction& action, const std::stop_token& stop);
  void tell();
  void release();

  Client& client_;
  const ElectionOptions options_;
  const Turns turns_;
  std::minstd_rand generator_;
  mutable std::mutex mutex_;
  std::condition_variable_any woken_;
  Election election_;  // guarded by mutex_; changed by the thread only
  bool told_ = false;  // that we lead
  std::jthread thread_;
};

// The field manager of leases.
inline constexpr std::string_view kLeaseManager = "mlgateway-operator";

// "HOST_RANDOM", as client-go names candidates.
std::string new_identity();

}  // namespace mlgateway::kube
