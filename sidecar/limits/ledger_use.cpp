#include <algorithm>
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

// The owners by what they have used, the most first; no owner twice.
void enter(std::vector<Ledger::TopOwner>& top, std::size_t most, const Account& account, Amount amount) {
  if (amount == 0 || (top.size() == most && amount <= top.back().used)) return;
  if (std::ranges::find(top, account.owner, &Ledger::TopOwner::owner) != top.end()) return;
  const auto place = std::ranges::upper_bound(top, amount, std::greater(), &Ledger::TopOwner::used);
  top.insert(place, {account.owner, amount});
  if (top.size() > most) top.pop_back();
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
  if (most == 0) return found;
  for (std::size_t chain = 0, chains = 1; chain < chains;) {
    const std::lock_guard lock(shared_->mutex);
    const AccountTable& accounts = shared_->books.accounts();
    const Setting& setting = shared_->books.limit(id).setting;
    chains = accounts.chains();
    for (const std::size_t end = std::min(chain + kSlice, chains); chain < end; ++chain) {
      for (const Account* account = accounts.chain(chain); account != nullptr; account = account->chain) {
        const Bucket* bucket = bucket_of(*account, id);
        if (bucket != nullptr) enter(found, most, *account, used(setting, *bucket, now));
      }
    }
  }
  return found;
}

std::size_t Ledger::accounts() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->books.accounts().size();
}

}  // namespace mlgateway::limits
