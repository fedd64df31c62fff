// What the sidecars said last, and what each is expected to run.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "operator/cluster/tally.hpp"
#include "operator/sidecars/sidecar_client.hpp"
#include "sidecar/base/clock.hpp"

namespace mlgateway::cluster {

// Safe from any thread. Time is an argument.
class ReportBook {
 public:
  // Use of quotas changes with every request; status is written for it no more often than this.
  static constexpr std::chrono::seconds kBetweenUses{60};

  // Keeps it. True: status has something new to say.
  bool put(const api::ObjectKey& pod, sidecars::State state, Instant now);
  void forget(const api::ObjectKey& pod);

  // `behind`: the sidecar answers and does not run what it should. How often its kubelet was to be nudged anew so far,
  // when it is to be now: after two seconds of being behind, then after ever longer ones, up to a minute.
  std::optional<int> nudge_again(const api::ObjectKey& pod, bool behind, Instant now);

  Reports all(const std::string& namespace_name) const;

  // The hash of the configuration that sidecars of the workload with this Secret should run.
  void expect(const api::ObjectKey& secret, const std::string& config_hash);
  std::string expected(const api::ObjectKey& secret) const;

 private:
  struct Entry {
    api::SidecarReport report;
    Instant taken{};
    std::optional<Instant> behind_since;
    int nudges = 0;  // since then
  };

  mutable std::mutex mutex_;
  std::map<api::ObjectKey, Entry> entries_;
  std::map<api::ObjectKey, std::string> expected_;
};

}  // namespace mlgateway::cluster
