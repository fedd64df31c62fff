// Who has used how much of which limit: the one structure behind all quotas, shared by the workers.
//
// One mutex guards it; every operation holds it for well under a microsecond, whatever the number of accounts (two
// quotas with three limits: 0.6 µs to reserve and settle, 1.7 million times a second), so that a charge against several
// limits is all or nothing and exact however many workers run.
//
// It outlives every configuration: a limit that is edited, or goes and comes back, finds what was used of it. Limits
// are judged as they were last enrolled, also for requests that began before.
//
// An account with one budget takes 280 bytes (a million owners: 281 MB with glibc's allocator, 250 MB with mimalloc),
// and up to 1 KB more when it is used all day long. One whose buckets are all empty again is forgotten soon after; one
// that still limits never is. At `max_accounts` a new owner is refused.
//
// Time is an argument. Callers' clocks may differ by a turn of their loops: a time before the latest one seen counts as
// that one.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sidecar/base/clock.hpp"
#include "sidecar/base/reason.hpp"
#include "sidecar/config/gateway_config.hpp"
#include "sidecar/limits/account_image.hpp"
#include "sidecar/limits/charge.hpp"
#include "sidecar/limits/identity.hpp"

namespace mlgateway::limits {

// A tier as the ledger charges it. Built once per configuration; points into it.
struct LedgerTier {
  const config::Quota* quota = nullptr;
  const config::Tier* tier = nullptr;
  std::vector<LimitId> ids;  // in the order of tier->limits
};

// A tier that applies to a request, and whose account in it is charged.
struct Claim {
  const LedgerTier* tier = nullptr;
  std::string_view owner;  // made by append_owner(); need not outlive the call
};

// One limit as it stands after a decision.
struct Standing {
  const LedgerTier* tier = nullptr;
  const config::Limit* limit = nullptr;
  Amount holds = 0;      // when nothing of it is used: the burst or the budget
  Amount remaining = 0;  // 0..holds
  // Until some of what was used is there again; 0: it is full, or (after a refusal only) that is later than the
  // refusal's retry_after, which it may not contradict.
  std::chrono::nanoseconds more_after{0};
  std::chrono::nanoseconds full_after{0};  // until all of it is there again
};

struct Refusal {
  Reason reason = Reason::RateLimited;      // RateLimited, BudgetSpent, CostTooHigh, TooManyAccounts
  const LedgerTier* tier = nullptr;         // null with TooManyAccounts
  const config::Limit* limit = nullptr;     // of those that are in the way, the one that is so for longest
  std::chrono::nanoseconds retry_after{0};  // until all limits have room for this charge; none with CostTooHigh
};

class Ledger;
struct Holding;

// What a request has been charged, until it is known what it is to pay. Exactly one of settle() and give_back() takes
// effect; one that dies undecided pays in full. Movable; used by one thread at a time; the ledger outlives it.
class Reservation {
 public:
  Reservation();
  Reservation(Reservation&& other) noexcept;
  Reservation& operator=(Reservation&& other) noexcept;
  ~Reservation();

  bool open() const { return ledger_ != nullptr; }
  const Charge& charge() const { return charge_; }

  // Pays; `cost` may be less than what was reserved: budgets get the difference back, rates keep what they took.
  void settle(Amount cost);
  void settle() { settle(charge_.cost); }
  // Pays nothing: budgets get everything back, requests included; rates keep what they took.
  void give_back();
  // Charges more cost on top, or changes nothing and says why.
  std::optional<Refusal> raise(Amount cost, Instant now);

 private:
  friend class Ledger;
  void close(const Charge& back);

  Ledger* ledger_ = nullptr;
  Charge charge_;
  std::unique_ptr<Holding> holding_;
};

class Ledger {
 public:
  explicit Ledger(std::size_t max_accounts = 1'000'000);
  ~Ledger();
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;

  // The ids of a tier's limits, made where they are new. An edit is in force from the next operation on. `tier` must
  // outlive what is done with the result.
  LedgerTier enrol(const config::Quota& quota, const config::Tier& tier);

  // The same ids where the limits are enrolled already, and none otherwise; changes nothing. For who only looks.
  LedgerTier enrolled(const config::Quota& quota, const config::Tier& tier) const;

  // Charges every limit of every claim, or none; no two claims may have both tier and owner in common. What the
  // reservation held before is paid in full. `standings` is filled in either case, in the order of the claims and
  // their limits. Limits of a quota with Enforcement::DryRun are charged, beyond what they hold if need be, and refuse
  // nobody (their refusals are counted apart).
  std::optional<Refusal> reserve(std::span<const Claim> claims, const Charge& charge, Instant now,
                                 Reservation& reservation, std::vector<Standing>& standings);

  // For /state, metrics and status: what a limit has seen.
  struct LimitCounts {
    std::uint64_t refused = 0;            // requests, DryRun's would-be refusals included
    std::uint64_t refused_last_hour = 0;  // of those; counted by the minute
    Amount granted = 0;                   // charged and not given back, in all; stays at the largest Amount
    Amount reserved = 0;                  // charged by requests that are still under way
  };
  // That, and its fullest account.
  struct LimitUse : LimitCounts {
    std::string fullest_owner;  // as append_owner() made it; empty: nobody has used any
    Amount fullest_used = 0;    // as of now
  };
  struct TopOwner {
    std::string owner;
    Amount used = 0;
  };
  LimitCounts counts(LimitId id, Instant now) const;
  // These two walk all accounts, a slice at a time, so that no request waits for it.
  LimitUse use(LimitId id, Instant now) const;
  std::vector<TopOwner> top(LimitId id, std::size_t most, Instant now) const;
  std::size_t accounts() const;

  // For the journal. Appends the accounts that changed since they were last taken, at most so many; true: more are
  // left. The first call begins the watch: make it before the first request, and go on calling it, for an account that
  // changed is kept until it was taken. One that became idle is taken once without buckets, and then forgotten.
  bool take_changed(std::size_t most, Instant now, WallTime wall, std::vector<AccountImage>& out);
  // A walk over all accounts, for compaction: begin with cursor 0; true: call again. `most` is exceeded by a few. An
  // account that lives throughout is seen at least once; one that is made meanwhile is also among the changed.
  bool images(std::size_t& cursor, std::size_t most, Instant now, WallTime wall, std::vector<AccountImage>& out) const;
  // Makes the account as the image says, in place of what was there; for use before the first request (an account with
  // open reservations is left alone, one too many is dropped). What has drained or expired since is left out; a time in
  // the future, because the clock went back, counts as now. The limits need not be enrolled yet.
  void restore(const AccountImage& image, Instant now, WallTime wall);

 private:
  friend class Reservation;
  struct Shared;
  std::unique_ptr<Shared> shared_;
};

}  // namespace mlgateway::limits
