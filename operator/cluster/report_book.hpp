// What the sidecars said last, and what each is expected to run.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <set>
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
  // The words of a fault alone may change with every answer.
  static constexpr std::chrono::seconds kBetweenWords{5};

  // Keeps it. True: status has something new to say.
  bool put(const api::ObjectKey& pod, sidecars::State state, Instant now);
  void forget(const api::ObjectKey& pod);

  // What to do with a sidecar that was just heard.
  struct Advice {
    std::chrono::milliseconds ask_again{0};
    std::optional<int> nudge;                       // the kubelet is to be nudged anew, for the so manieth time
    std::optional<std::chrono::milliseconds> took;  // it has just caught up, after so long
  };
  // `answered`: whether anybody was there; `awaited`: the hash of the configuration that it should run and does not,
  // empty where it does. Who has just begun to be behind is asked often; who stays behind, or silent, more and more
  // seldom: hundreds of them must not keep the others waiting.
  Advice advise(const api::ObjectKey& pod, bool answered, const std::string& awaited, Instant now);

  Reports all(const std::string& namespace_name) const;

  // How many sidecars there are of each kind, all namespaces together.
  struct Numbers {
    int current = 0;
    int behind = 0;  // they answer, and do not run what they should
    int silent = 0;
  };
  Numbers numbers() const;

  // The hash of the configuration that sidecars of the workload with this Secret should run.
  void expect(const api::ObjectKey& secret, const std::string& config_hash);
  // Forgets what was expected of the namespace's other workloads, whose pods are gone.
  void keep(const std::string& namespace_name, const std::set<std::string>& secrets);
  std::string expected(const api::ObjectKey& secret) const;

 private:
  struct Entry {
    int* counted = nullptr;  // in which of the numbers
    api::SidecarReport report;
    Instant taken{};
    int silent = 0;  // answers missing in a row
    std::string awaited;
    Instant awaited_since{};
    Instant nudged{};
    int nudges = 0;  // since then
  };

  static void count(Entry& entry, int* number);

  mutable std::mutex mutex_;
  Numbers numbers_;
  std::map<api::ObjectKey, Entry> entries_;
  std::map<api::ObjectKey, std::string> expected_;
};

}  // namespace mlgateway::cluster
