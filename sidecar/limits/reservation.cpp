#include <algorithm>
#include <mutex>
#include <utility>

#include "sidecar/limits/ledger_shared.hpp"

namespace mlgateway::limits {

Reservation::Reservation() = default;

Reservation::Reservation(Reservation&& other) noexcept
    : ledger_(std::exchange(other.ledger_, nullptr)),
      charge_(std::exchange(other.charge_, {})),
      holding_(std::move(other.holding_)) {}

Reservation& Reservation::operator=(Reservation&& other) noexcept {
  if (this == &other) return *this;
  settle();
  ledger_ = std::exchange(other.ledger_, nullptr);
  charge_ = std::exchange(other.charge_, {});
  holding_ = std::move(other.holding_);
  return *this;
}

Reservation::~Reservation() { settle(); }

void Reservation::settle(Amount cost) {
  close({.requests = 0, .cost = charge_.cost - std::clamp<Amount>(cost, 0, charge_.cost)});
}

void Reservation::give_back() { close(charge_); }

void Reservation::close(const Charge& back) {
  if (!open()) return;
  Ledger::Shared& shared = *std::exchange(ledger_, nullptr)->shared_;
  const std::lock_guard lock(shared.mutex);
  shared.books.close(*holding_, back);
  shared.spare.push_back(std::move(holding_));
}

std::optional<Refusal> Reservation::raise(Amount cost, Instant now) {
  if (!open() || cost <= 0) return std::nullopt;
  Ledger::Shared& shared = *ledger_->shared_;
  const std::lock_guard lock(shared.mutex);
  std::optional<Refusal> refusal = shared.books.raise(*holding_, cost, shared.books.advance(now));
  if (!refusal) charge_.cost = saturating_sum(charge_.cost, cost);
  return refusal;
}

}  // namespace mlgateway::limits
