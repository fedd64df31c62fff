// Who leads: the steps of a candidate for a Lease, as a state machine without I/O or clock of its own.
//
// The times that others wrote are never compared with ours: a lease is over when it has not changed for its whole
// duration by our own clock (client-go's leaderelection). It is no fence: writes carry the version that they were
// planned from, and no request may outlive leading_until().
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <variant>

#include <nlohmann/json.hpp>

#include "operator/kube/fault.hpp"
#include "operator/kube/lease.hpp"
#include "sidecar/base/clock.hpp"

namespace mlgateway::kube {

struct ElectionOptions {
  std::string namespace_name;
  std::string name;
  std::string identity;  // unique per process: host name and something random
  // Whoever stops answering is replaced after `duration`; a leader that could not renew for `renew_deadline` ends
  // before that. duration > renew_deadline > 1.2 retry.
  std::chrono::seconds duration{15};
  std::chrono::milliseconds renew_deadline{10'000};
  std::chrono::milliseconds retry{2'000};
};

// What to do next.
struct GetLease {};
struct CreateLease {
  nlohmann::json lease;
};
struct UpdateLease {
  nlohmann::json lease;
};
struct WaitForLease {
  Instant until;
};
using ElectionAction = std::variant<GetLease, CreateLease, UpdateLease, WaitForLease>;

// For one thread at a time.
class Election {
 public:
  explicit Election(ElectionOptions options) : options_(std::move(options)) {}

  // `wall` is only written down.
  ElectionAction next(Instant now, WallTime wall) const;

  // The answer to GetLease. It says who leads; what we hold does not grow by reading it.
  void on_read(nlohmann::json lease, Instant now, double random);
  // The answer to CreateLease or UpdateLease, which was asked at `asked`: what we hold counts from then.
  void on_written(nlohmann::json lease, Instant asked, Instant now);
  // The answer to any of them was this instead.
  void on_fault(const Fault& fault, Instant now, double random);

  bool leading(Instant now) const { return now < leading_until_; }
  // From here on nothing may be done as the leader; in the past when we do not lead.
  Instant leading_until() const { return leading_until_; }
  // The last known holder; empty: none.
  std::string holder() const;

  // The lease given back, for the last request of a leader whose work has ended; none when we do not hold it.
  std::optional<nlohmann::json> released(Instant now, WallTime wall) const;

 private:
  bool ours() const;
  bool free(Instant now) const;  // of the lease_ that is there
  nlohmann::json claimed(WallTime wall) const;

  const ElectionOptions options_;
  std::optional<nlohmann::json> lease_;  // none: there is none, or nothing was read yet
  bool known_ = false;                   // whether lease_ (or its absence) was read and not contradicted since
  Instant changed_{};                    // when it last changed, by our clock
  Instant next_{};
  Instant leading_until_{};
};

}  // namespace mlgateway::kube
