#include "sidecar/limits/books.hpp"

#include <algorithm>

#include "sidecar/limits/identity.hpp"

namespace mlgateway::limits {
namespace {

using namespace std::chrono_literals;

// More than an ordinary request makes, so that the idle never pile up.
constexpr int kForgottenPerOperation = 4;
constexpr int kLookedOverPerOperation = 4;
// A table that is full is worth a longer search, but no caller waits for a long one.
constexpr int kForgottenWhenFull = 64;
// An account that cannot go yet is asked again after this.
constexpr std::chrono::nanoseconds kAskAgain = 1s;

}  // namespace

LedgerTier Books::enrol(const config::Quota& quota, const config::Tier& tier) {
  LedgerTier enrolled{.quota = &quota, .tier = &tier, .ids = {}};
  const QuotaId owner = quota_id(quota_identity(quota));
  for (const config::Limit& limit : tier.limits) {
    const LimitId id = limit_id(limit_identity(quota, tier, limit), owner, limit.rate.has_value());
    enrolled.ids.push_back(id);
    if (!edit(limits_[id].setting, limit)) continue;
    edited_.push_back(id);
    looked_over_ = 0;
  }
  return enrolled;
}

LedgerTier Books::enrolled(const config::Quota& quota, const config::Tier& tier) const {
  LedgerTier known{.quota = &quota, .tier = &tier, .ids = {}};
  for (const config::Limit& limit : tier.limits) {
    const auto found = limit_ids_.find(limit_identity(quota, tier, limit));
    if (found == limit_ids_.end()) return {.quota = &quota, .tier = &tier, .ids = {}};
    known.ids.push_back(found->second);
  }
  return known;
}

QuotaId Books::quota_id(const std::string& identity) {
  const auto [found, fresh] = quota_ids_.try_emplace(identity, static_cast<QuotaId>(quotas_.size()));
  if (fresh) quotas_.push_back(identity);
  return found->second;
}

LimitId Books::limit_id(const std::string& identity, QuotaId quota, bool rate) {
  const auto [found, fresh] = limit_ids_.try_emplace(identity, static_cast<LimitId>(limits_.size()));
  if (fresh) {
    LimitRecord& record = limits_.emplace_back();
    record.identity = identity;
    record.quota = quota;
    record.setting.rate = rate;
    record.empty = empty_bucket(record.setting);
  }
  return found->second;
}

Instant Books::advance(Instant now) {
  latest_ = std::max(latest_, now);
  for (const LimitId id : edited_) begin_edits(limits_[id].setting, latest_);
  edited_.clear();
  look_over(latest_);
  for (int i = 0; i < kForgottenPerOperation && forget_first(latest_, false);) ++i;
  return latest_;
}

void Books::look_over(Instant now) {
  for (int i = 0; i < kLookedOverPerOperation && looked_over_ < accounts_.chains(); ++i, ++looked_over_) {
    for (const Account* account = accounts_.chain(looked_over_); account != nullptr; account = account->chain) {
      idle_.hasten(*account, empty_at(*account, now));
    }
  }
}

Account& Books::make_account(QuotaId quota, std::string_view owner, Instant now) {
  Account& account = accounts_.make(quota, owner);
  // Its first charge is still to come; then it is put off to the right time.
  idle_.add(account, now + kAskAgain);
  return account;
}

bool Books::make_room(std::size_t accounts, Instant now) {
  for (int i = 0; accounts_.size() + accounts > max_accounts_; ++i) {
    if (i == kForgottenWhenFull || !forget_first(now, true)) return false;
  }
  return true;
}

// False when nobody is due. The journal hears of an idle account before it goes, unless the room is needed
// (`even_untold`): then a restart may find what was given back as still used.
bool Books::forget_first(Instant now, bool even_untold) {
  if (idle_.empty() || idle_.first_at() > now) return false;
  Account& account = idle_.first();
  const Instant empty = empty_at(account, now);
  if (account.pins > 0 || empty > now) {
    idle_.move(account, account.pins > 0 ? std::max(empty, now + kAskAgain) : empty);
  } else if (watched_ && !account.told_as_idle && !even_untold) {
    note_change(account);
    idle_.move(account, now + kAskAgain);
  } else {
    forget(account);
  }
  return true;
}

void Books::forget(Account& account) {
  changes_.remove(account);
  idle_.remove(account);
  accounts_.erase(account);
}

void Books::note_change(Account& account) {
  account.told_as_idle = false;
  if (watched_) changes_.add(account);
}

Instant Books::empty_at(const Account& account, Instant now) const {
  Instant latest = now;
  for (const LimitBucket& entry : account.buckets) {
    latest = std::max(latest, limits::empty_at(limits_[entry.limit].setting, entry.bucket, now));
  }
  return latest;
}

}  // namespace mlgateway::limits
