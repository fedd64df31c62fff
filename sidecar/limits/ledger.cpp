#include "sidecar/limits/ledger.hpp"

#include <algorithm>
#include <mutex>

#include "sidecar/limits/ledger_shared.hpp"

namespace mlgateway::limits {
namespace {

// A request waits for at most so many accounts to be written out for the journal.
constexpr std::size_t kSlice = 16;

}  // namespace

Ledger::Ledger(std::size_t max_accounts) : shared_(std::make_unique<Shared>(max_accounts)) {}

Ledger::~Ledger() = default;

LedgerTier Ledger::enrol(const config::Quota& quota, const config::Tier& tier) {
  const std::lock_guard lock(shared_->mutex);
  return shared_->books.enrol(quota, tier);
}

LedgerTier Ledger::enrolled(const config::Quota& quota, const config::Tier& tier) const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->books.enrolled(quota, tier);
}

std::optional<Refusal> Ledger::reserve(std::span<const Claim> claims, const Charge& charge, Instant now,
                                       Reservation& reservation, std::vector<Standing>& standings) {
  reservation.settle();
  const std::lock_guard lock(shared_->mutex);
  std::unique_ptr<Holding> holding = shared_->borrow();
  std::optional<Refusal> refusal =
      shared_->books.reserve(claims, charge, shared_->books.advance(now), *holding, standings);
  if (refusal) {
    shared_->spare.push_back(std::move(holding));
    return refusal;
  }
  reservation.ledger_ = this;
  reservation.charge_ = charge;
  reservation.holding_ = std::move(holding);
  return std::nullopt;
}

bool Ledger::take_changed(std::size_t most, Instant now, WallTime wall, std::vector<AccountImage>& out) {
  for (;;) {
    const std::size_t slice = std::min(most, kSlice);
    const std::lock_guard lock(shared_->mutex);
    const Instant latest = shared_->books.advance(now);
    const bool more = shared_->books.take_changed(slice, latest, wall, out);
    most -= slice;
    if (!more || most == 0) return more;
  }
}

bool Ledger::images(std::size_t& cursor, std::size_t most, Instant now, WallTime wall,
                    std::vector<AccountImage>& out) const {
  const std::size_t enough = out.size() + most;
  for (;;) {
    const std::lock_guard lock(shared_->mutex);
    const AccountTable& accounts = shared_->books.accounts();
    const std::size_t end = std::min(cursor + kSlice, accounts.chains());
    for (; cursor < end && out.size() < enough; ++cursor) {
      for (const Account* account = accounts.chain(cursor); account != nullptr; account = account->chain) {
        out.push_back(shared_->books.image(*account, now, wall));
        if (out.back().buckets.empty()) out.pop_back();
      }
    }
    if (cursor >= accounts.chains()) return false;
    if (out.size() >= enough) return true;
  }
}

void Ledger::restore(const AccountImage& image, Instant now, WallTime wall) {
  const std::lock_guard lock(shared_->mutex);
  shared_->books.restore(image, shared_->books.advance(now), wall);
}

}  // namespace mlgateway::limits
