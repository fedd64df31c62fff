// The ledger without its lock: limits, accounts, and the time that has been seen. For one thread at a time.
//
// Every operation does a bounded amount of work besides its own: it forgets a few idle accounts, and after an edit
// looks a few accounts over whose time to be forgotten may have come nearer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sidecar/limits/account_table.hpp"
#include "sidecar/limits/change_list.hpp"
#include "sidecar/limits/holding.hpp"
#include "sidecar/limits/idle_queue.hpp"
#include "sidecar/limits/ledger.hpp"
#include "sidecar/limits/limit_record.hpp"

namespace mlgateway::limits {

class Books {
 public:
  explicit Books(std::size_t max_accounts) : max_accounts_(max_accounts) {}

  LedgerTier enrol(const config::Quota& quota, const config::Tier& tier);
  LedgerTier enrolled(const config::Quota& quota, const config::Tier& tier) const;

  // The time never goes back: returns the latest that was seen.
  Instant advance(Instant now);

  // `holding` is empty before, and after a refusal.
  std::optional<Refusal> reserve(std::span<const Claim> claims, const Charge& charge, Instant now, Holding& holding,
                                 std::vector<Standing>& standings);
  std::optional<Refusal> raise(Holding& holding, Amount cost, Instant now);
  // Gives back so much of each budget, latest charges first, and lets go of the accounts.
  void close(Holding& holding, const Charge& back);

  const LimitRecord& limit(LimitId id) const { return limits_[id]; }
  const AccountTable& accounts() const { return accounts_; }

  // The journal's; see Ledger.
  bool take_changed(std::size_t most, Instant now, WallTime wall, std::vector<AccountImage>& out);
  AccountImage image(const Account& account, Instant now, WallTime wall) const;
  void restore(const AccountImage& image, Instant now, WallTime wall);

 private:
  using Ids = std::unordered_map<std::string, std::uint32_t>;

  QuotaId quota_id(const std::string& identity);
  LimitId limit_id(const std::string& identity, QuotaId quota, bool rate);

  Account& make_account(QuotaId quota, std::string_view owner, Instant now);
  bool make_room(std::size_t accounts, Instant now);
  bool forget_first(Instant now, bool even_untold);
  void forget(Account& account);
  void look_over(Instant now);
  void note_change(Account& account);
  Instant empty_at(const Account& account, Instant now) const;

  void survey(std::span<const Claim> claims, const Charge& charge, Holding& holding) const;
  std::optional<Refusal> judge(std::span<const Taken> taken, Instant now);
  std::optional<Refusal> open_accounts(std::span<const Claim> claims, std::span<Taken> taken, Instant now);
  void open_buckets(Account& account, std::span<Taken> taken);
  void charge_all(std::span<Taken> taken, Instant now);
  static void let_go(std::vector<Taken>& taken, std::size_t from);
  void give_back(const Taken& taken, Amount amount);
  void tell(std::span<const Taken> taken, const std::optional<Refusal>& refusal, Instant now,
            std::vector<Standing>& standings) const;
  const Bucket& bucket_of(const Taken& taken) const;
  Room room_of(const Taken& taken, Instant now) const;

  std::optional<Bucket> restored(const BucketImage& image, LimitId limit, Instant now, WallTime wall) const;

  std::size_t max_accounts_;
  Instant latest_ = Instant::min();
  std::deque<LimitRecord> limits_;  // by LimitId
  Ids limit_ids_;
  std::vector<std::string> quotas_;  // by QuotaId
  Ids quota_ids_;
  AccountTable accounts_;
  IdleQueue idle_;
  ChangeList changes_;
  bool watched_ = false;                // by a journal, from its first take_changed() on
  std::vector<LimitId> edited_;         // since the last operation
  std::size_t looked_over_ = SIZE_MAX;  // chains of accounts_ since the last edit
};

}  // namespace mlgateway::limits
