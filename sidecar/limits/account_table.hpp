// All accounts, found by quota and owner. A linear hash table (Litwin, 1980): it grows by one chain at a time, so that
// no request ever waits while a million accounts are hashed again. It never shrinks; a chain's head is eight bytes.
#pragma once

#include <cstddef>
#include <deque>
#include <string_view>

#include "sidecar/limits/account.hpp"

namespace mlgateway::limits {

class AccountTable {
 public:
  AccountTable() = default;
  ~AccountTable();
  AccountTable(const AccountTable&) = delete;
  AccountTable& operator=(const AccountTable&) = delete;

  // Null when there is none. Allocates nothing.
  Account* find(QuotaId quota, std::string_view owner) const;
  // There must be none yet.
  Account& make(QuotaId quota, std::string_view owner);
  void erase(Account& account);
  std::size_t size() const { return size_; }

  // For a walk in slices: visit chain 0, 1, ... and follow Account::chain. While the table grows an account moves to
  // chains with larger numbers only, so that none is missed; some are seen twice.
  std::size_t chains() const { return heads_.size(); }
  Account* chain(std::size_t number) const { return heads_[number]; }

 private:
  std::size_t place_of(std::uint64_t hash) const;
  void grow();

  std::deque<Account*> heads_{nullptr};  // a deque, for a vector copies all of them when it grows
  std::size_t round_ = 1;                // the power of two that the number of chains has reached
  std::size_t size_ = 0;
};

}  // namespace mlgateway::limits
