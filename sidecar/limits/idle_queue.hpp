// The accounts by the time at which they can be forgotten at the earliest. A binary heap whose entries know where they
// are, so that one can be moved or taken out; the times are looked at lazily: who is charged again stays where he is,
// and is put off when his old time comes.
#pragma once

#include <cstddef>
#include <deque>

#include "sidecar/limits/account.hpp"

namespace mlgateway::limits {

class IdleQueue {
 public:
  void add(Account& account, Instant at);
  void remove(const Account& account);
  // To any other time.
  void move(const Account& account, Instant at);
  // To an earlier time; nothing when it is not earlier.
  void hasten(const Account& account, Instant at);

  bool empty() const { return heap_.empty(); }
  Account& first() const { return *heap_.front().account; }
  Instant first_at() const { return heap_.front().at; }

 private:
  struct Entry {
    Instant at;
    Account* account;
  };

  void put(std::size_t place, Entry entry);
  void settle(std::size_t place, Entry entry);

  std::deque<Entry> heap_;  // a deque, for a vector copies all of them when it grows
};

}  // namespace mlgateway::limits
