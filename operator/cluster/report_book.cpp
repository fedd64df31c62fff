#include "operator/cluster/report_book.hpp"

#include <algorithm>
#include <utility>

namespace mlgateway::cluster {
namespace {

constexpr std::chrono::seconds kPatience{2};
constexpr std::chrono::seconds kMostPatience{60};

bool same_but_for_use(const api::SidecarReport& a, const api::SidecarReport& b) {
  return a.unreachable == b.unreachable && a.config_error == b.config_error && a.routes == b.routes &&
         a.quotas == b.quotas;
}

}  // namespace

bool ReportBook::put(const api::ObjectKey& pod, sidecars::State state, Instant now) {
  const std::scoped_lock lock(mutex_);
  const auto [place, fresh] = entries_.try_emplace(pod);
  Entry& entry = place->second;
  if (!fresh && entry.report == state.report) return false;
  if (!fresh && same_but_for_use(entry.report, state.report) && now - entry.taken < kBetweenUses) return false;
  entry.report = std::move(state.report);
  entry.taken = now;
  return true;
}

void ReportBook::forget(const api::ObjectKey& pod) {
  const std::scoped_lock lock(mutex_);
  entries_.erase(pod);
}

std::optional<int> ReportBook::nudge_again(const api::ObjectKey& pod, bool behind, Instant now) {
  const std::scoped_lock lock(mutex_);
  const auto found = entries_.find(pod);
  if (found == entries_.end()) return std::nullopt;
  Entry& entry = found->second;
  if (!behind) {
    entry.behind_since.reset();
    entry.nudges = 0;
    return std::nullopt;
  }
  if (!entry.behind_since) entry.behind_since = now;
  if (now - *entry.behind_since < std::min(kPatience * (1 << std::min(entry.nudges, 6)), kMostPatience)) {
    return std::nullopt;
  }
  entry.behind_since = now;
  return ++entry.nudges;
}

Reports ReportBook::all(const std::string& namespace_name) const {
  const std::scoped_lock lock(mutex_);
  Reports reports;
  for (auto at = entries_.lower_bound({namespace_name, ""}); at != entries_.end(); ++at) {
    if (at->first.namespace_name != namespace_name) break;
    reports.emplace(at->first, at->second.report);
  }
  return reports;
}

void ReportBook::expect(const api::ObjectKey& secret, const std::string& config_hash) {
  const std::scoped_lock lock(mutex_);
  expected_[secret] = config_hash;
}

std::string ReportBook::expected(const api::ObjectKey& secret) const {
  const std::scoped_lock lock(mutex_);
  const auto found = expected_.find(secret);
  return found == expected_.end() ? "" : found->second;
}

}  // namespace mlgateway::cluster
