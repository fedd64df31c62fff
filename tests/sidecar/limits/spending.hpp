// A ledger with one budget of a day, owners who spend, and a look at what they have used.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sidecar/limits/ledger.hpp"

namespace mlgateway::limits {

// A journal's thread reads the clocks itself: a time that is far from theirs is another on every machine.
inline const Instant kStart = std::chrono::steady_clock::now();
inline const WallTime kWallStart = std::chrono::system_clock::now();

using Uses = std::map<std::string, Amount>;  // owner -> amount

class Spending {
 public:
  explicit Spending(Amount budget = config::kMostMillionths) {
    tier_.name = "all";
    tier_.limits = {{"daily", config::LimitUnit::Cost, {}, config::Budget{budget, std::chrono::hours(24)}}};
    quota_.namespace_name = "models";
    quota_.name = "plans";
    quota_.tiers = {tier_};
    enrolled_ = ledger_.enrol(quota_, tier_);
  }
  Spending(const Spending&) = delete;
  Spending& operator=(const Spending&) = delete;

  Ledger& ledger() { return ledger_; }

  // Reserves and leaves it open.
  Reservation reserve(const std::string& owner, Amount cost, Instant now = kStart) {
    const Claim claim{&enrolled_, owner};
    Reservation reservation;
    std::vector<Standing> standings;
    EXPECT_FALSE(ledger_.reserve({&claim, 1}, Charge{.cost = cost}, now, reservation, standings));
    return reservation;
  }
  void spend(const std::string& owner, Amount cost, Instant now = kStart) { reserve(owner, cost, now).settle(); }

  // What is held of the budget.
  Uses uses(Instant now = kStart) const {
    std::vector<AccountImage> images;
    for (std::size_t cursor = 0; ledger_.images(cursor, 1000, now, kWallStart, images);) {
    }
    Uses uses;
    for (const AccountImage& image : images) {
      for (const SlotImage& slot : image.buckets.at(0).slots) uses[image.owner] += slot.amount;
    }
    return uses;
  }

 private:
  config::Tier tier_;
  config::Quota quota_;
  Ledger ledger_;
  LedgerTier enrolled_;
};

}  // namespace mlgateway::limits
