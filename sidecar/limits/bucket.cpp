#include "sidecar/limits/bucket.hpp"

#include <algorithm>

namespace mlgateway::limits {
namespace {

using std::chrono::nanoseconds;

constexpr Instant kNotYet = Instant::max();
// Older rates matter only to accounts that nobody has charged since; beyond so many edits they drain as the oldest.
constexpr std::size_t kMostDrains = 8;

bool edit_drain(std::vector<Drain>& drains, const config::Rate& rate) {
  if (!drains.empty() && drains.back().amount == rate.amount && drains.back().per == rate.per) return false;
  if (!drains.empty() && drains.back().since == kNotYet) drains.pop_back();
  drains.push_back({drains.empty() ? Instant::min() : kNotYet, rate.amount, rate.per});
  if (drains.size() > kMostDrains) drains.erase(drains.begin());
  return true;
}

bool edit_window(Setting& setting, config::Milliseconds window) {
  if (!setting.enrolled) setting.window.length = window;
  const bool differs = setting.new_window != window;
  setting.new_window = window;
  return differs;
}

Room rate_room(const Setting& setting, const RateBucket& bucket, Amount amount, Instant now) {
  const Wide excess = level_at(bucket, setting.drains, now) + in_parts(amount) - in_parts(setting.holds);
  return {.wait = time_to_drain(excess, setting.drains.back())};
}

Room budget_room(const Setting& setting, const BudgetBucket& bucket, Amount amount, Instant now) {
  return {.wait = time_until_held(bucket, setting.window, setting.holds - amount, now)};
}

Outlook rate_outlook(const Setting& setting, const RateBucket& bucket, Instant now) {
  const Wide level = level_at(bucket, setting.drains, now);
  if (level == 0) return {.remaining = setting.holds};
  const Wide room = std::max<Wide>(in_parts(setting.holds) - level, 0);
  const auto remaining = static_cast<Amount>(room / kParts);
  const Amount more = std::min((remaining / config::kOne + 1) * config::kOne, setting.holds);
  const Drain& drain = setting.drains.back();
  return {.remaining = remaining,
          .more_after = time_to_drain(level + in_parts(more) - in_parts(setting.holds), drain),
          .full_after = time_to_drain(level, drain)};
}

Outlook budget_outlook(const Setting& setting, const BudgetBucket& bucket, Instant now) {
  const Amount held = held_at(bucket, setting.window, now);
  if (held == 0) return {.remaining = setting.holds};
  return {.remaining = std::max<Amount>(setting.holds - held, 0),
          .more_after = time_until_held(bucket, setting.window, std::min(held, setting.holds) - 1, now),
          .full_after = time_until_held(bucket, setting.window, 0, now)};
}

Instant rate_empty_at(const Setting& setting, const RateBucket& bucket, Instant now) {
  const Wide level = level_at(bucket, setting.drains, now);
  if (level == 0) return now;
  if (setting.drains.empty()) return bucket.as_of + kLongestWindow;
  return now + time_to_drain(level, setting.drains.back());
}

}  // namespace

bool edit(Setting& setting, const config::Limit& limit) {
  const Amount holds = limit.rate ? limit.rate->burst : limit.budget->amount;
  bool differs = !setting.enrolled || setting.holds != holds;
  setting.holds = holds;
  if (limit.rate) differs |= edit_drain(setting.drains, *limit.rate);
  if (limit.budget) differs |= edit_window(setting, limit.budget->window);
  setting.rate = limit.rate.has_value();
  setting.enrolled = true;
  return differs;
}

void begin_edits(Setting& setting, Instant now) {
  if (!setting.drains.empty() && setting.drains.back().since == kNotYet) setting.drains.back().since = now;
  if (setting.rate || setting.new_window == setting.window.length) return;
  setting.window.freed_until = std::max(setting.window.freed_until, now - setting.window.length);
  setting.window.length = setting.new_window;
}

Bucket empty_bucket(const Setting& setting) {
  if (setting.rate) return RateBucket{};
  return BudgetBucket{};
}

Room room_for(const Setting& setting, const Bucket& bucket, Amount amount, Instant now) {
  if (amount == 0) return {};
  if (amount > setting.holds) return {.never = true};
  if (const auto* rate = std::get_if<RateBucket>(&bucket)) return rate_room(setting, *rate, amount, now);
  return budget_room(setting, std::get<BudgetBucket>(bucket), amount, now);
}

Instant charge(const Setting& setting, Bucket& bucket, Amount amount, Instant now) {
  if (auto* budget = std::get_if<BudgetBucket>(&bucket)) return take(*budget, setting.window, amount, now);
  fill(std::get<RateBucket>(bucket), setting.drains, amount, now);
  return now;
}

bool give_back(Bucket& bucket, Instant taken, Amount amount) {
  auto* budget = std::get_if<BudgetBucket>(&bucket);
  if (budget == nullptr) return false;
  give_back(*budget, taken, amount);
  return true;
}

Amount used(const Setting& setting, const Bucket& bucket, Instant now) {
  if (const auto* rate = std::get_if<RateBucket>(&bucket)) return rounded_up(level_at(*rate, setting.drains, now));
  return held_at(std::get<BudgetBucket>(bucket), setting.window, now);
}

Instant empty_at(const Setting& setting, const Bucket& bucket, Instant now) {
  if (const auto* rate = std::get_if<RateBucket>(&bucket)) return rate_empty_at(setting, *rate, now);
  const auto& slots = std::get<BudgetBucket>(bucket).slots;
  if (slots.empty() || slots.back().end <= setting.window.freed_until) return now;
  return slots.back().end + setting.window.length;
}

Outlook outlook(const Setting& setting, const Bucket& bucket, Instant now) {
  if (const auto* rate = std::get_if<RateBucket>(&bucket)) return rate_outlook(setting, *rate, now);
  return budget_outlook(setting, std::get<BudgetBucket>(bucket), now);
}

}  // namespace mlgateway::limits
