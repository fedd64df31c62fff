// The accounts that changed since the journal last took them, the longest waiting first. Linked through the accounts,
// so that it costs nothing while nobody journals.
#pragma once

#include "sidecar/limits/account.hpp"

namespace mlgateway::limits {

class ChangeList {
 public:
  bool empty() const { return first_ == nullptr; }
  Account& first() const { return *first_; }

  // Nothing when it is in the list already.
  void add(Account& account) {
    if (account.changed) return;
    account.changed = true;
    account.change_before = last_;
    account.change_after = nullptr;
    (last_ != nullptr ? last_->change_after : first_) = &account;
    last_ = &account;
  }

  // Nothing when it is not in the list.
  void remove(Account& account) {
    if (!account.changed) return;
    account.changed = false;
    (account.change_before != nullptr ? account.change_before->change_after : first_) = account.change_after;
    (account.change_after != nullptr ? account.change_after->change_before : last_) = account.change_before;
  }

 private:
  Account* first_ = nullptr;
  Account* last_ = nullptr;
};

}  // namespace mlgateway::limits
