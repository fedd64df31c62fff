// Random interleavings of everything that can happen to a ledger, each step compared with the reference.
#include <array>
#include <deque>
#include <random>

#include <gtest/gtest.h>

#include "tests/sidecar/limits/quotas.hpp"
#include "tests/sidecar/limits/reference_ledger.hpp"

namespace mlgateway::limits {
namespace {

using config::Enforcement;
using config::LimitUnit;
using Key = ReferenceLedger::Key;

constexpr std::size_t kQuotas = 3;
constexpr std::array kPers = {100ms, 1000ms, 60'000ms, 3'600'000ms};
constexpr std::array kWindows = {1000ms, 60'000ms, 61'001ms, 3'600'000ms};
const std::array<std::string, 3> kOwners = {"alice", "bob", "a tenant"};

class Interleaving {
 public:
  Interleaving(unsigned seed, bool edits) : random_(seed), edits_(edits) {
    for (std::size_t i = 0; i < kQuotas; ++i) edit(i);
  }

  void step() {
    const int what = number(0, 99);
    if (what < 50) return try_reserve();
    if (what < 75) return close_one();
    if (what < 80) return raise_one();
    if (what < 82 && edits_ && edits_left_-- > 0) return edit(static_cast<std::size_t>(number(0, kQuotas - 1)));
    // Mostly a little, sometimes past every window.
    constexpr std::array<std::chrono::nanoseconds, 5> kSteps = {1us, 20ms, 900ms, 30s, 2h};
    now_ += kSteps[static_cast<std::size_t>(number(0, number(0, 4)))] * number(1, 9) / 7;
  }

  void finish() {
    while (!open_.empty()) close_one();
    std::map<LimitId, Amount> sums;
    for (const auto& [key, bills] : reference_.bills()) {
      for (const auto& bill : bills) sums[key.limit] += bill.amount;
    }
    for (const auto& [limit, sum] : sums) {
      const auto counts = ledger_.counts(limit, now_);
      EXPECT_EQ(counts.reserved, 0);
      EXPECT_EQ(counts.granted, sum);
    }
    for (std::size_t i : {0, 1}) {
      for (std::size_t place : {0, 1}) EXPECT_TRUE(edits_ || !reference_.ever_over(newest(i).id(place)));
    }
    expect_all_forgotten();
  }

 private:
  struct OpenCharge {
    Reservation reservation;
    ReferenceLedger::Open reference;
    std::vector<Claim> claims;
  };

  int number(int from, int to) { return std::uniform_int_distribution(from, to)(random_); }
  Amount amount(int most) { return number(0, most) * config::kOne / number(1, 3); }
  template <class T, std::size_t N>
  const T& any(const std::array<T, N>& of) {
    return of[static_cast<std::size_t>(number(0, N - 1))];
  }

  void edit(std::size_t i) {
    const auto unit = i == 1 ? LimitUnit::Request : LimitUnit::Cost;
    const auto other = i == 1 ? LimitUnit::Cost : LimitUnit::Request;
    versions_[i].push_back(std::make_unique<Enrolled>(
        ledger_, quota("quota" + std::to_string(i),
                       {rate("rate", units(number(1, 20)), any(kPers), units(number(1, 20)), unit),
                        budget("budget", amount(30) + 1, any(kWindows), other)},
                       i == 2 ? Enforcement::DryRun : Enforcement::Enforce)));
    for (std::size_t place : {0, 1}) reference_.set(newest(i).id(place), newest(i).limit(place));
  }

  const Enrolled& newest(std::size_t quota) const { return *versions_[quota].back(); }

  // A caller's clock may be behind.
  Instant some_now() { return number(0, 3) == 0 ? now_ - number(0, 2000) * 1ms : now_; }

  static bool enforced(const LedgerTier& tier) { return tier.quota->enforcement == Enforcement::Enforce; }

  // What a charge asks of each limit, in the order of claims and limits.
  struct Ask {
    Key key;
    Amount amount = 0;
    bool enforced = false;
    bool cost = false;
  };
  std::vector<Ask> asks_of(const std::vector<Claim>& claims, const Charge& charge) const {
    std::vector<Ask> asks;
    for (const Claim& claim : claims) {
      for (std::size_t i = 0; i < claim.tier->ids.size(); ++i) {
        const LimitUnit unit = claim.tier->tier->limits[i].unit;
        asks.push_back({{claim.tier->ids[i], std::string(claim.owner)},
                        charge.in(unit),
                        enforced(*claim.tier),
                        unit == LimitUnit::Cost});
      }
    }
    return asks;
  }

  void try_reserve() {
    std::vector<Claim> claims;
    for (std::size_t i = 0; i < kQuotas; ++i) {
      // An old version of the quota is charged as the newest is set.
      const auto& version =
          versions_[i][static_cast<std::size_t>(number(0, static_cast<int>(versions_[i].size()) - 1))];
      if (number(0, 2) > 0) claims.push_back(version->claim(any(kOwners)));
    }
    const Charge charge{.requests = config::kOne, .cost = amount(8)};
    const Instant asked = some_now();
    const Instant now = reference_.advance(asked);
    const std::vector<Ask> asks = asks_of(claims, charge);
    OpenCharge made;
    std::vector<Standing> standings;
    const auto refusal = ledger_.reserve(claims, charge, asked, made.reservation, standings);
    expect_decision(refusal, asks, now);
    if (!refusal) {
      for (const Ask& ask : asks) reference_.charge(ask.key, ask.amount, made.reference);
      made.claims = claims;
      open_.push_back(std::move(made));
    }
    ASSERT_EQ(standings.size(), asks.size());
    for (std::size_t i = 0; i < asks.size(); ++i) expect_standing(standings[i], asks[i].key, now, refusal.has_value());
  }

  void raise_one() {
    if (open_.empty()) return;
    OpenCharge& charge = open_[static_cast<std::size_t>(number(0, static_cast<int>(open_.size()) - 1))];
    const Charge more{.requests = 0, .cost = amount(4) + 1};
    const Instant asked = some_now();
    const Instant now = reference_.advance(asked);
    std::vector<Ask> asks = asks_of(charge.claims, more);
    std::erase_if(asks, [](const Ask& ask) { return !ask.cost; });
    const Amount before = charge.reservation.charge().cost;
    const auto refusal = charge.reservation.raise(more.cost, asked);
    expect_decision(refusal, asks, now);
    EXPECT_EQ(charge.reservation.charge().cost, refusal ? before : before + more.cost);
    if (refusal) return;
    for (const Ask& ask : asks) reference_.charge(ask.key, ask.amount, charge.reference);
  }

  void close_one() {
    if (open_.empty()) return;
    const auto place = open_.begin() + number(0, static_cast<int>(open_.size()) - 1);
    OpenCharge charge = std::move(*place);
    open_.erase(place);
    const Charge all = charge.reservation.charge();
    const int how = number(0, 3);
    const Amount less = how == 1 ? all.cost / number(1, 4) : all.cost;
    if (how == 0) charge.reservation.give_back();
    if (how == 1) charge.reservation.settle(less);
    if (how == 2) charge.reservation.settle();
    EXPECT_EQ(charge.reservation.open(), how == 3);  // and that one pays in full when it dies
    reference_.close(charge.reference, how == 0 ? all : Charge{.requests = 0, .cost = all.cost - less});
  }

  void expect_decision(const std::optional<Refusal>& refusal, const std::vector<Ask>& asks, Instant now) {
    bool admitted = true;
    bool never = false;
    for (const Ask& ask : asks) {
      if (!ask.enforced) continue;
      admitted &= reference_.fits(ask.key, ask.amount, now);
      never |= ask.amount > reference_.holds(ask.key.limit);
    }
    ASSERT_EQ(!refusal.has_value(), admitted);
    if (!refusal) return;
    EXPECT_EQ(refusal->reason == Reason::CostTooHigh, never);
    EXPECT_EQ(refusal->retry_after == 0ns, never);
    if (never) return;
    const Instant then = now + refusal->retry_after;
    bool named_is_last = false;
    for (const Ask& ask : asks) {
      if (!ask.enforced) continue;
      EXPECT_TRUE(reference_.fits(ask.key, ask.amount, then));
      const bool named =
          refusal->tier->ids[static_cast<std::size_t>(refusal->limit - refusal->tier->tier->limits.data())] ==
          ask.key.limit;
      named_is_last |= named && !reference_.fits(ask.key, ask.amount, then - 1ns);
    }
    EXPECT_TRUE(named_is_last);
  }

  void expect_standing(const Standing& standing, const Key& key, Instant now, bool refused) const {
    EXPECT_EQ(standing.holds, reference_.holds(key.limit));
    EXPECT_EQ(standing.remaining, reference_.remaining(key, now));
    EXPECT_TRUE(reference_.used(key, now + standing.full_after) == 0);
    if (standing.full_after > 0ns) {
      EXPECT_FALSE(reference_.used(key, now + standing.full_after - 1ns) == 0);
      EXPECT_LE(standing.more_after, standing.full_after);
      EXPECT_TRUE(standing.more_after > 0ns || refused);
    }
    if (standing.more_after > 0ns) {
      EXPECT_GT(reference_.remaining(key, now + standing.more_after), standing.remaining);
    }
  }

  // Idle accounts go as others come, a few at a time.
  void expect_all_forgotten() {
    const Instant later = now_ + 24h * 365;
    for (int i = 0; i < 20; ++i) spend(ledger_, newest(0).claim("late"), later);
    EXPECT_LE(ledger_.accounts(), 1u);
  }

  std::mt19937 random_;
  bool edits_;
  int edits_left_ = 7;  // a limit remembers so many rates
  Ledger ledger_;
  ReferenceLedger reference_;
  std::array<std::deque<std::unique_ptr<Enrolled>>, kQuotas> versions_;
  std::deque<OpenCharge> open_;
  Instant now_ = kNoon;
};

class LedgerModel : public testing::TestWithParam<bool> {};

TEST_P(LedgerModel, DecidesAsTheReferenceDoes) {
  for (unsigned seed = 1; seed <= 60 && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Interleaving run(seed, GetParam());
    for (int i = 0; i < 1500 && !HasFailure(); ++i) run.step();
    run.finish();
  }
}

INSTANTIATE_TEST_SUITE_P(, LedgerModel, testing::Bool(),
                         [](const auto& made) { return made.param ? "WithEdits" : "WithoutEdits"; });

}  // namespace
}  // namespace mlgateway::limits
