#include "sidecar/limits/account_table.hpp"

#define XXH_INLINE_ALL
#include <memory>

#include <xxhash.h>

namespace mlgateway::limits {
namespace {

std::uint64_t hash_of(QuotaId quota, std::string_view owner) {
  return XXH3_64bits_withSeed(owner.data(), owner.size(), quota);
}

}  // namespace

AccountTable::~AccountTable() {
  for (Account* head : heads_) {
    while (head != nullptr) {
      const std::unique_ptr<Account> account(head);
      head = account->chain;
    }
  }
}

std::size_t AccountTable::place_of(std::uint64_t hash) const {
  const std::size_t place = hash & (2 * round_ - 1);
  return place < heads_.size() ? place : hash & (round_ - 1);
}

Account* AccountTable::find(QuotaId quota, std::string_view owner) const {
  const std::uint64_t hash = hash_of(quota, owner);
  for (Account* account = heads_[place_of(hash)]; account != nullptr; account = account->chain) {
    if (account->hash == hash && account->quota == quota && account->owner == owner) return account;
  }
  return nullptr;
}

Account& AccountTable::make(QuotaId quota, std::string_view owner) {
  if (size_ == heads_.size()) grow();
  auto account = std::make_unique<Account>();
  account->quota = quota;
  account->owner = owner;
  account->hash = hash_of(quota, owner);
  Account*& head = heads_[place_of(account->hash)];
  account->chain = head;
  head = account.release();
  ++size_;
  return *head;
}

void AccountTable::erase(Account& account) {
  Account** link = &heads_[place_of(account.hash)];
  while (*link != &account) link = &(*link)->chain;
  *link = account.chain;
  --size_;
  const std::unique_ptr<Account> gone(&account);
}

void AccountTable::grow() {
  const std::size_t from = heads_.size() - round_;
  heads_.push_back(nullptr);
  const std::size_t to = heads_.size() - 1;
  for (Account** link = &heads_[from]; *link != nullptr;) {
    Account* account = *link;
    if (place_of(account->hash) == from) {
      link = &account->chain;
      continue;
    }
    *link = account->chain;
    account->chain = heads_[to];
    heads_[to] = account;
  }
  if (heads_.size() == 2 * round_) round_ *= 2;
}

}  // namespace mlgateway::limits
