// Builders for quotas, and a ledger with its callers as the tests of this folder use them.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sidecar/limits/ledger.hpp"

namespace mlgateway::limits {

using namespace std::chrono_literals;

// Any time will do in which sub-windows begin; tests speak of what comes after it.
inline constexpr Instant kNoon = Instant{} + std::chrono::hours(24 * 31 * 60);
inline constexpr WallTime kWallNoon = WallTime{} + std::chrono::hours(24 * 365 * 50);

constexpr Amount units(std::int64_t whole) { return whole * config::kOne; }

inline config::Limit budget(std::string name, Amount amount, config::Milliseconds window,
                            config::LimitUnit unit = config::LimitUnit::Request) {
  return {.name = std::move(name), .unit = unit, .rate = {}, .budget = config::Budget{amount, window}};
}

inline config::Limit rate(std::string name, Amount amount, config::Milliseconds per, Amount burst,
                          config::LimitUnit unit = config::LimitUnit::Request) {
  return {.name = std::move(name), .unit = unit, .rate = config::Rate{amount, per, burst}, .budget = {}};
}

inline config::Quota quota(std::string name, std::vector<config::Limit> limits,
                           config::Enforcement enforcement = config::Enforcement::Enforce) {
  config::Quota made;
  made.namespace_name = "models";
  made.name = std::move(name);
  made.enforcement = enforcement;
  made.tiers.push_back({.name = "all", .key_labels = {}, .limits = std::move(limits)});
  return made;
}

// A quota with one tier, enrolled. Does not move: claims point into it.
class Enrolled {
 public:
  Enrolled(Ledger& ledger, config::Quota made)
      : quota_(std::move(made)), tier_(ledger.enrol(quota_, quota_.tiers[0])) {}
  Enrolled(const Enrolled&) = delete;

  Claim claim(std::string_view owner) const { return {&tier_, owner}; }
  LimitId id(std::size_t place = 0) const { return tier_.ids[place]; }
  const config::Limit& limit(std::size_t place = 0) const { return quota_.tiers[0].limits[place]; }

 private:
  config::Quota quota_;
  LedgerTier tier_;
};

// What came of one attempt.
struct Attempt {
  std::optional<Refusal> refusal;
  Reservation reservation;
  std::vector<Standing> standings;

  bool admitted() const { return !refusal; }
};

inline Attempt reserve(Ledger& ledger, std::vector<Claim> claims, Instant now, Amount cost = 0) {
  Attempt attempt;
  const Charge charge{.requests = config::kOne, .cost = cost};
  attempt.refusal = ledger.reserve(claims, charge, now, attempt.reservation, attempt.standings);
  return attempt;
}

// One request that pays in full at once. True: it was admitted.
inline bool spend(Ledger& ledger, const Claim& claim, Instant now, Amount cost = 0) {
  return reserve(ledger, {claim}, now, cost).admitted();
}

inline int spend_all(Ledger& ledger, const Claim& claim, Instant now, int most = 10'000) {
  int admitted = 0;
  while (admitted < most && spend(ledger, claim, now)) ++admitted;
  return admitted;
}

}  // namespace mlgateway::limits
