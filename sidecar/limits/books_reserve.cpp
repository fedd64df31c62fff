#include <algorithm>

#include "sidecar/limits/books.hpp"

namespace mlgateway::limits {
namespace {

using namespace std::chrono_literals;

const config::Limit& limit_of(const Taken& taken) { return taken.tier->tier->limits[taken.place]; }

bool enforced(const LedgerTier& tier) { return tier.quota->enforcement == config::Enforcement::Enforce; }

Reason reason_for(const Taken& taken, const Room& room) {
  if (room.never) return Reason::CostTooHigh;
  return limit_of(taken).rate ? Reason::RateLimited : Reason::BudgetSpent;
}

}  // namespace

std::optional<Refusal> Books::reserve(std::span<const Claim> claims, const Charge& charge, Instant now,
                                      Holding& holding, std::vector<Standing>& standings) {
  survey(claims, charge, holding);
  std::optional<Refusal> refusal = judge(holding.taken, now);
  if (!refusal) refusal = open_accounts(claims, holding.taken, now);
  if (!refusal) charge_all(holding.taken, now);
  tell(holding.taken, refusal, now, standings);
  if (refusal) let_go(holding.taken, 0);
  return refusal;
}

std::optional<Refusal> Books::raise(Holding& holding, Amount cost, Instant now) {
  const std::size_t before = holding.taken.size();
  for (std::size_t i = 0; i < holding.claimed; ++i) {
    Taken more = holding.taken[i];
    more.amount = cost;
    if (!more.of_cost) continue;
    if (more.account != nullptr) ++more.account->pins;
    holding.taken.push_back(more);
  }
  const std::span<Taken> raised = std::span(holding.taken).subspan(before);
  std::optional<Refusal> refusal = judge(raised, now);
  if (refusal) {
    let_go(holding.taken, before);
  } else {
    charge_all(raised, now);
  }
  return refusal;
}

// Looks up what would be charged, and pins it: making room for a new account must not forget one of these.
void Books::survey(std::span<const Claim> claims, const Charge& charge, Holding& holding) const {
  for (const Claim& claim : claims) {
    const auto& ids = claim.tier->ids;
    Account* account = ids.empty() ? nullptr : accounts_.find(limits_[ids.front()].quota, claim.owner);
    for (std::uint32_t place = 0; place < ids.size(); ++place) {
      const config::LimitUnit unit = claim.tier->tier->limits[place].unit;
      Taken taken;
      taken.account = account;
      taken.limit = ids[place];
      taken.place = place;
      taken.tier = claim.tier;
      taken.amount = charge.in(unit);
      taken.of_cost = unit == config::LimitUnit::Cost;
      while (account != nullptr && taken.bucket < account->buckets.size() && !taken.has_bucket) {
        taken.has_bucket = account->buckets[taken.bucket].limit == taken.limit;
        if (!taken.has_bucket) ++taken.bucket;
      }
      if (account != nullptr) ++account->pins;
      holding.taken.push_back(taken);
    }
  }
  holding.claimed = holding.taken.size();
}

// Counts a refusal for the worst enforced limit, if there is one, and for the worst of each DryRun tier.
std::optional<Refusal> Books::judge(std::span<const Taken> taken, Instant now) {
  const Taken* worst = nullptr;
  Room worst_room;
  while (!taken.empty()) {
    const LedgerTier* tier = taken.front().tier;
    const Taken* worst_here = nullptr;
    Room here;
    for (; !taken.empty() && taken.front().tier == tier; taken = taken.subspan(1)) {
      const Room room = room_of(taken.front(), now);
      if (room.now() || (worst_here != nullptr && !room.worse_than(here))) continue;
      worst_here = &taken.front();
      here = room;
    }
    if (worst_here == nullptr) continue;
    if (!enforced(*tier)) {
      limits_[worst_here->limit].count_refusal(now);
    } else if (worst == nullptr || here.worse_than(worst_room)) {
      worst = worst_here;
      worst_room = here;
    }
  }
  if (worst == nullptr) return std::nullopt;
  limits_[worst->limit].count_refusal(now);
  return Refusal{reason_for(*worst, worst_room), worst->tier, &limit_of(*worst), worst_room.wait};
}

// Makes what is missing. A DryRun quota that finds no room goes without, for it refuses nobody.
std::optional<Refusal> Books::open_accounts(std::span<const Claim> claims, std::span<Taken> taken, Instant now) {
  std::size_t missing = 0;
  std::size_t at = 0;
  for (const Claim& claim : claims) {
    if (!claim.tier->ids.empty() && taken[at].account == nullptr && enforced(*claim.tier)) ++missing;
    at += claim.tier->ids.size();
  }
  if (missing > 0 && !make_room(missing, now)) {
    const auto wait = idle_.empty() ? 1s : std::clamp<std::chrono::nanoseconds>(idle_.first_at() - now, 1s, 60s);
    return Refusal{.reason = Reason::TooManyAccounts, .retry_after = wait};
  }
  for (const Claim& claim : claims) {
    const std::span<Taken> part = taken.first(claim.tier->ids.size());
    taken = taken.subspan(part.size());
    if (part.empty()) continue;
    Account* account = part.front().account;
    if (account == nullptr) {
      if (!enforced(*claim.tier) && !make_room(missing + 1, now)) continue;
      if (enforced(*claim.tier)) --missing;
      account = &make_account(limits_[part.front().limit].quota, claim.owner, now);
    }
    open_buckets(*account, part);
  }
  return std::nullopt;
}

void Books::open_buckets(Account& account, std::span<Taken> taken) {
  for (Taken& entry : taken) {
    if (entry.account == nullptr) ++account.pins;
    entry.account = &account;
    if (entry.has_bucket) continue;
    entry.bucket = static_cast<std::uint32_t>(account.buckets.size());
    entry.has_bucket = true;
    account.buckets.push_back({entry.limit, limits_[entry.limit].empty});
  }
}

void Books::charge_all(std::span<Taken> taken, Instant now) {
  for (Taken& entry : taken) {
    if (entry.account == nullptr) continue;
    LimitRecord& limit = limits_[entry.limit];
    entry.slot = limits::charge(limit.setting, entry.account->buckets[entry.bucket].bucket, entry.amount, now);
    limit.granted = saturating_sum(limit.granted, entry.amount);
    limit.reserved = saturating_sum(limit.reserved, entry.amount);
    note_change(*entry.account);
  }
}

// Of charges that were not made after all, from the given one on.
void Books::let_go(std::vector<Taken>& taken, std::size_t from) {
  for (; taken.size() > from; taken.pop_back()) {
    if (taken.back().account != nullptr) --taken.back().account->pins;
  }
}

void Books::close(Holding& holding, const Charge& back) {
  for (std::size_t i = 0; i < holding.claimed; ++i) {
    const Taken& claimed = holding.taken[i];
    Amount rest = claimed.of_cost ? back.cost : back.requests;
    for (std::size_t k = holding.taken.size(); k-- > 0;) {
      const Taken& taken = holding.taken[k];
      if (taken.account == nullptr || taken.account != claimed.account || taken.limit != claimed.limit) continue;
      const Amount part = std::min(rest, taken.amount);
      give_back(taken, part);
      rest -= part;
    }
  }
  holding.taken.clear();
}

// Ends one charge.
void Books::give_back(const Taken& taken, Amount amount) {
  LimitRecord& limit = limits_[taken.limit];
  limit.reserved -= std::min(limit.reserved, taken.amount);
  --taken.account->pins;
  if (amount == 0) return;
  if (!limits::give_back(taken.account->buckets[taken.bucket].bucket, taken.slot, amount)) return;
  limit.granted -= std::min(limit.granted, amount);
  note_change(*taken.account);
  if (taken.account->pins == 0) idle_.hasten(*taken.account, empty_at(*taken.account, latest_));
}

void Books::tell(std::span<const Taken> taken, const std::optional<Refusal>& refusal, Instant now,
                 std::vector<Standing>& standings) const {
  standings.clear();
  const bool wait_helps = refusal && refusal->reason != Reason::CostTooHigh;
  for (const Taken& entry : taken) {
    const Setting& setting = limits_[entry.limit].setting;
    Outlook seen = outlook(setting, bucket_of(entry), now);
    if (wait_helps && seen.more_after > refusal->retry_after) {
      const Room room = room_of(entry, now);
      const bool in_the_way = !room.now() && enforced(*entry.tier);
      seen.more_after = in_the_way ? room.wait : 0ns;
    }
    standings.push_back(
        {entry.tier, &limit_of(entry), setting.holds, seen.remaining, seen.more_after, seen.full_after});
  }
}

const Bucket& Books::bucket_of(const Taken& taken) const {
  return taken.has_bucket ? taken.account->buckets[taken.bucket].bucket : limits_[taken.limit].empty;
}

Room Books::room_of(const Taken& taken, Instant now) const {
  return room_for(limits_[taken.limit].setting, bucket_of(taken), taken.amount, now);
}

}  // namespace mlgateway::limits
