#include <algorithm>
#include <functional>
#include <mutex>

#include "sidecar/limits/ledger_shared.hpp"

namespace mlgateway::limits {
namespace {

// A request waits for at most about so many accounts to be looked at.
constexpr std::size_t kSlice = 64;

// Null: the account has none of this limit.
const Bucket* bucket_of(const Account& account, LimitId limit) {
  for (const LimitBucket& entry : account.buckets) {
    if (entry.limit == limit) return &entry.bucket;
  }
  return nullptr;
}

// Leaves the fullest, fullest first, and no owner twice: a walk may see an account again.
void leave_fullest(std::vector<Ledger::TopOwner>& found, std::size_t most) {
  std::ranges::sort(found, {}, &Ledger::TopOwner::owner);
  const auto twice = std::ranges::unique(found, {}, &Ledger::TopOwner::owner);
  found.erase(twice.begin(), twice.end());
  std::ranges::stable_sort(found, std::ranges::greater(), &Ledger::TopOwner::used);
  if (found.size() > most) found.resize(most);
}

}  // namespace

Ledger::LimitCounts Ledger::counts(LimitId id, Instant now) const {
  const std::lock_guard lock(shared_->mutex);
  const LimitRecord& limit = shared_->books.limit(id);
  return {limit.refused, limit.refused_lately.sum(now), limit.granted, limit.reserved};
}

Ledger::LimitUse Ledger::use(LimitId id, Instant now) const {
  LimitUse seen{counts(id, now), {}, 0};
  const std::vector<TopOwner> fullest = top(id, 1, now);
  if (fullest.empty()) return seen;
  seen.fullest_owner = fullest.front().owner;
  seen.fullest_used = fullest.front().used;
  return seen;
}

std::vector<Ledger::TopOwner> Ledger::top(LimitId id, std::size_t most, Instant now) const {
  std::vector<TopOwner> found;
  Amount enough = 1;  // who has used less is not among the fullest
  for (std::size_t chain = 0, chains = 1; chain < chains && most > 0;) {
    {
      const std::lock_guard lock(shared_->mutex);
      const AccountTable& accounts = shared_->books.accounts();
      const Setting& setting = shared_->books.limit(id).setting;
      chains = accounts.chains();
      for (const std::size_t end = std::min(chain + kSlice, chains); chain < end; ++chain) {
        for (const Account* account = accounts.chain(chain); account != nullptr; account = account->chain) {
          const Bucket* bucket = bucket_of(*account, id);
          const Amount amount = bucket == nullptr ? 0 : used(setting, *bucket, now);
          if (amount >= enough) found.push_back({account->owner, amount});
        }
      }
    }
    if (found.size() / 2 < most + kSlice) continue;
    leave_fullest(found, most);
    if (found.size() == most) enough = found.back().used;
  }
  leave_fullest(found, most);
  return found;
}

std::size_t Ledger::accounts() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->books.accounts().size();
}

}  // namespace mlgateway::limits
