#include "operator/cluster/report_book.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace mlgateway::cluster {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

// One that runs what it should is asked for its quotas' use, and whether it still does.
constexpr milliseconds kUsual{10'000};
// The kubelet shows a changed Secret to a nudged pod after 190 to 350 ms.
constexpr milliseconds kEager{200};
constexpr milliseconds kEagerFor{10'000};
constexpr milliseconds kStillBehind{2'000};
// Not there, or not speaking: likely to stay so for a while.
constexpr milliseconds kSilent{2'000};
constexpr milliseconds kNudge{2'000};
constexpr milliseconds kMost{60'000};

milliseconds doubled(milliseconds first, int times) { return std::min(first * (1 << std::min(times, 5)), kMost); }

bool same_runs(const api::SidecarReport& a, const api::SidecarReport& b) {
  return a.unreachable.empty() == b.unreachable.empty() && a.config_error.empty() == b.config_error.empty() &&
         a.routes == b.routes && a.quotas == b.quotas;
}

bool same_words(const api::SidecarReport& a, const api::SidecarReport& b) {
  return a.unreachable == b.unreachable && a.config_error == b.config_error;
}

}  // namespace

bool ReportBook::put(const api::ObjectKey& pod, sidecars::State state, Instant now) {
  const std::scoped_lock lock(mutex_);
  const auto [place, fresh] = entries_.try_emplace(pod);
  Entry& entry = place->second;
  if (!fresh && entry.report == state.report) return false;
  if (!fresh && same_runs(entry.report, state.report)) {
    const auto wait = same_words(entry.report, state.report) ? kBetweenUses : kBetweenWords;
    if (now - entry.taken < wait) return false;
  }
  entry.report = std::move(state.report);
  entry.taken = now;
  return true;
}

void ReportBook::forget(const api::ObjectKey& pod) {
  const std::scoped_lock lock(mutex_);
  const auto found = entries_.find(pod);
  if (found == entries_.end()) return;
  count(found->second, nullptr);
  entries_.erase(found);
}

ReportBook::Advice ReportBook::advise(const api::ObjectKey& pod, bool answered, const std::string& awaited,
                                      Instant now) {
  const std::scoped_lock lock(mutex_);
  Entry& entry = entries_[pod];
  count(entry, !answered ? &numbers_.silent : awaited.empty() ? &numbers_.current : &numbers_.behind);
  if (!answered) return {doubled(kSilent, entry.silent++), std::nullopt, std::nullopt};
  entry.silent = 0;
  Advice advice{kUsual, std::nullopt, std::nullopt};
  if (awaited.empty() && !entry.awaited.empty()) advice.took = duration_cast<milliseconds>(now - entry.awaited_since);
  if (entry.awaited != awaited) {
    entry.awaited = awaited;
    entry.awaited_since = entry.nudged = now;
    entry.nudges = 0;
  }
  if (awaited.empty()) return advice;
  advice.ask_again = now - entry.awaited_since < kEagerFor ? kEager : kStillBehind;
  if (now - entry.nudged < doubled(kNudge, entry.nudges)) return advice;
  entry.nudged = now;
  advice.nudge = ++entry.nudges;
  return advice;
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

ReportBook::Numbers ReportBook::numbers() const {
  const std::scoped_lock lock(mutex_);
  return numbers_;
}

void ReportBook::count(Entry& entry, int* number) {
  if (entry.counted != nullptr) --*entry.counted;
  if (number != nullptr) ++*number;
  entry.counted = number;
}

void ReportBook::expect(const api::ObjectKey& secret, const std::string& config_hash) {
  const std::scoped_lock lock(mutex_);
  expected_[secret] = config_hash;
}

void ReportBook::keep(const std::string& namespace_name, const std::set<std::string>& secrets) {
  const std::scoped_lock lock(mutex_);
  std::erase_if(expected_, [&](const auto& entry) {
    return entry.first.namespace_name == namespace_name && !secrets.contains(entry.first.name);
  });
}

std::string ReportBook::expected(const api::ObjectKey& secret) const {
  const std::scoped_lock lock(mutex_);
  const auto found = expected_.find(secret);
  return found == expected_.end() ? "" : found->second;
}

}  // namespace mlgateway::cluster
