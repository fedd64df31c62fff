// The ledger as one would write it with nothing to spare: every charge in a list for ever, all of them scanned for each
// question. Slow, and obvious enough to be believed.
#pragma once

#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sidecar/limits/ledger.hpp"
#include "sidecar/limits/wide.hpp"

namespace mlgateway::limits {

class ReferenceLedger {
 public:
  using Exact = Wide;

  struct Bill {
    Instant at;
    Instant end;  // of the sub-window
    Amount amount = 0;
    bool gone = false;  // its window passed, under whatever length it had then
  };
  struct Key {
    LimitId limit = 0;
    std::string owner;
    auto operator<=>(const Key&) const = default;
  };
  struct Item {
    Key key;
    std::size_t bill = 0;
    bool cost = false;
  };
  using Open = std::vector<Item>;

  void set(LimitId id, const config::Limit& limit) { pending_[id] = limit; }

  Instant advance(Instant now) {
    now_ = std::max(now_, now);
    for (auto& [key, bills] : bills_) {
      for (Bill& bill : bills) bill.gone |= expired(key.limit, bill, now_);
    }
    for (auto& [id, limit] : pending_) {
      if (!history_.contains(id)) history_[id] = {{Instant::min(), limit}};
      if (!(history_[id].back().second == limit)) history_[id].push_back({now_, limit});
    }
    pending_.clear();
    return now_;
  }

  const config::Limit& limit(LimitId id) const { return history_.at(id).back().second; }
  Amount holds(LimitId id) const { return limit(id).rate ? limit(id).rate->burst : limit(id).budget->amount; }

  // In parts of a millionth, so many that hours and what divides them drain in whole numbers of them.
  static constexpr Exact kFine = 3'600'000'000'000;
  Exact used(const Key& key, Instant at) const { return limit(key.limit).rate ? level(key, at) : held(key, at); }
  bool fits(const Key& key, Amount amount, Instant at) const {
    return amount == 0 || used(key, at) + amount * kFine <= holds(key.limit) * kFine;
  }
  Amount remaining(const Key& key, Instant at) const {
    return static_cast<Amount>(std::max<Exact>(holds(key.limit) * kFine - used(key, at), 0) / kFine);
  }

  void charge(const Key& key, Amount amount, Open& open) {
    std::vector<Bill>& bills = bills_[key];
    const config::Limit& set = limit(key.limit);
    Bill bill{.at = now_, .end = {}, .amount = amount};
    if (set.budget) {
      const auto part = std::chrono::nanoseconds(set.budget->window) / 60;
      bill.end = Instant{} + (now_.time_since_epoch() / part + 1) * part;
    }
    bills.push_back(bill);
    open.push_back({key, bills.size() - 1, set.unit == config::LimitUnit::Cost});
  }

  // Budgets get back so much of each, from the latest charge to the first.
  void close(const Open& open, Charge back) {
    std::map<Key, Amount> left;
    for (const Item& item : open) left[item.key] = item.cost ? back.cost : back.requests;
    for (auto item = open.rbegin(); item != open.rend(); ++item) {
      if (limit(item->key.limit).rate) continue;
      Amount& bill = bills_[item->key][item->bill].amount;
      const Amount part = std::min(left[item->key], bill);
      bill -= part;
      left[item->key] -= part;
    }
  }

  const std::map<Key, std::vector<Bill>>& bills() const { return bills_; }

  // Whether in any window of a budget's length more than the budget was paid for, or in any time at all more than a
  // rate's burst and what drained in that time.
  bool ever_over(LimitId id) const {
    for (const auto& [key, bills] : bills_) {
      if (key.limit != id) continue;
      for (auto last = bills.begin(); last != bills.end(); ++last) {
        Exact sum = 0;
        for (auto first = last + 1; first-- != bills.begin();) {
          sum += first->amount * kFine;
          if (sum > most_within(limit(id), last->at - first->at)) return true;
        }
      }
    }
    return false;
  }

 private:
  bool expired(LimitId id, const Bill& bill, Instant at) const {
    return limit(id).budget && at >= bill.end + limit(id).budget->window;
  }

  static Exact most_within(const config::Limit& limit, std::chrono::nanoseconds time) {
    if (limit.rate) return limit.rate->burst * kFine + drained_in(*limit.rate, time);
    return (time <= limit.budget->window ? limit.budget->amount : kMostAmount) * kFine;
  }

  static Exact drained_in(const config::Rate& rate, std::chrono::nanoseconds time) {
    return Exact{rate.amount} * time.count() * (kFine / std::chrono::nanoseconds(rate.per).count());
  }

  Exact held(const Key& key, Instant at) const {
    Exact sum = 0;
    const auto found = bills_.find(key);
    if (found == bills_.end()) return 0;
    for (const Bill& bill : found->second) {
      if (!bill.gone && !expired(key.limit, bill, at)) sum += bill.amount * kFine;
    }
    return sum;
  }

  Exact level(const Key& key, Instant at) const {
    Exact sum = 0;
    Instant before = Instant::min();
    const auto found = bills_.find(key);
    if (found == bills_.end()) return 0;
    for (const Bill& bill : found->second) {
      sum = drained(key.limit, sum, before, bill.at) + bill.amount * kFine;
      before = bill.at;
    }
    return drained(key.limit, sum, before, at);
  }

  Exact drained(LimitId id, Exact sum, Instant from, Instant to) const {
    const auto& history = history_.at(id);
    for (std::size_t i = 0; i < history.size() && sum > 0; ++i) {
      const Instant begin = std::max(from, history[i].first);
      const Instant end = i + 1 < history.size() ? std::min(to, history[i + 1].first) : to;
      if (begin < end) sum = std::max<Exact>(sum - drained_in(*history[i].second.rate, end - begin), 0);
    }
    return sum;
  }

  Instant now_ = Instant::min();
  std::map<LimitId, config::Limit> pending_;
  std::map<LimitId, std::vector<std::pair<Instant, config::Limit>>> history_;
  std::map<Key, std::vector<Bill>> bills_;
};

}  // namespace mlgateway::limits
