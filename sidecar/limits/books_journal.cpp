#include <algorithm>

#include "sidecar/limits/books.hpp"
#include "sidecar/limits/identity.hpp"

namespace mlgateway::limits {
namespace {

using std::chrono::nanoseconds;

// Enough for whatever a limit remembers, and too little for sums with it to overflow.
constexpr nanoseconds kLongestPast = std::chrono::hours(24 * 366 * 10);

WallTime wall_of(Instant time, Instant now, WallTime wall) { return wall + (time - now); }

// A time that has not come yet counts as now: the wall clock was put back, or a sub-window is not over yet.
Instant instant_of(WallTime time, Instant now, WallTime wall) {
  if (time >= wall) return now;
  if (time < wall - kLongestPast) return now - kLongestPast;
  return now - (wall - time);
}

// The last part of a limit's identity; anything else is none of ours.
bool kind_of(std::string_view identity, bool& rate) {
  std::string_view part;
  while (!identity.empty()) {
    if (!take_part(identity, part)) return false;
  }
  rate = part == "rate";
  return rate || part == "budget";
}

}  // namespace

bool Books::take_changed(std::size_t most, Instant now, WallTime wall, std::vector<AccountImage>& out) {
  watched_ = true;
  for (; most > 0 && !changes_.empty(); --most) {
    Account& account = changes_.first();
    changes_.remove(account);
    out.push_back(image(account, now, wall));
    if (!out.back().buckets.empty()) continue;
    account.told_as_idle = true;
    idle_.hasten(account, now);
  }
  return !changes_.empty();
}

AccountImage Books::image(const Account& account, Instant now, WallTime wall) const {
  AccountImage image{.quota = quotas_[account.quota], .owner = account.owner, .buckets = {}};
  for (const LimitBucket& entry : account.buckets) {
    const LimitRecord& limit = limits_[entry.limit];
    if (limits::empty_at(limit.setting, entry.bucket, now) <= now) continue;
    BucketImage& bucket = image.buckets.emplace_back();
    bucket.limit = limit.identity;
    bucket.as_of = wall;
    if (limit.setting.rate) {
      bucket.debt = used(limit.setting, entry.bucket, now);
      // Whose rate nobody has told yet does not drain, but ages: it is forgotten kLongestWindow after its last charge.
      if (limit.setting.drains.empty()) bucket.as_of = wall_of(std::get<RateBucket>(entry.bucket).as_of, now, wall);
      continue;
    }
    for (const Slot& slot : std::get<BudgetBucket>(entry.bucket).slots) {
      if (slot.end <= limit.setting.window.freed_until || slot.end + limit.setting.window.length <= now) continue;
      bucket.slots.push_back({wall_of(slot.end, now, wall), slot.amount});
    }
  }
  return image;
}

void Books::restore(const AccountImage& image, Instant now, WallTime wall) {
  const QuotaId quota = quota_id(image.quota);
  Account* account = accounts_.find(quota, image.owner);
  if (account != nullptr && account->pins > 0) return;
  std::vector<LimitBucket> buckets;
  for (const BucketImage& bucket : image.buckets) {
    bool rate = false;
    if (!kind_of(bucket.limit, rate)) continue;
    const LimitId limit = limit_id(bucket.limit, quota, rate);
    if (auto made = restored(bucket, limit, now, wall)) buckets.push_back({limit, std::move(*made)});
  }
  if (buckets.empty()) {
    if (account != nullptr) forget(*account);
    return;
  }
  if (account == nullptr && !make_room(1, now)) return;
  if (account == nullptr) account = &make_account(quota, image.owner, now);
  account->buckets = std::move(buckets);
  idle_.move(*account, empty_at(*account, now));
}

// None: nothing of it is left.
std::optional<Bucket> Books::restored(const BucketImage& image, LimitId limit, Instant now, WallTime wall) const {
  const Setting& setting = limits_[limit].setting;
  Bucket bucket = empty_bucket(setting);
  if (auto* rate = std::get_if<RateBucket>(&bucket)) {
    *rate = {.level = std::max<Amount>(image.debt, 0), .parts = 0, .as_of = instant_of(image.as_of, now, wall)};
  } else {
    for (const SlotImage& slot : image.slots) {
      hold(std::get<BudgetBucket>(bucket), instant_of(slot.taken_until, now, wall), std::max<Amount>(slot.amount, 0));
    }
  }
  if (limits::empty_at(setting, bucket, now) <= now) return std::nullopt;
  return bucket;
}

}  // namespace mlgateway::limits
