// What the ledger's lock guards.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "sidecar/limits/books.hpp"

namespace mlgateway::limits {

struct Ledger::Shared {
  explicit Shared(std::size_t max_accounts) : books(max_accounts) {}

  mutable std::mutex mutex;
  Books books;
  // Closed reservations leave theirs to the next, so that a request allocates none.
  std::vector<std::unique_ptr<Holding>> spare;

  // With the lock held.
  std::unique_ptr<Holding> borrow() {
    if (spare.empty()) return std::make_unique<Holding>();
    std::unique_ptr<Holding> holding = std::move(spare.back());
    spare.pop_back();
    return holding;
  }
};

}  // namespace mlgateway::limits
