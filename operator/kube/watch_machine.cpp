#include "operator/kube/watch_machine.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "operator/kube/json_text.hpp"
#include "operator/kube/resource_version.hpp"
#include "operator/kube/watch_event.hpp"

namespace mlgateway::kube {
namespace {

using std::chrono::seconds;

// client-go's spread: watches that all end at once all begin at once.
constexpr seconds kShortestWatch(300);
// A server that keeps its word has ended the watch by then.
constexpr seconds kGrace(15);
// A watch that ended sooner, and empty, did not work.
constexpr seconds kLived(1);
// A server restored from a backup is honestly behind what we know; one lagging replica is not as often.
constexpr int kStaleListsBelieved = 3;
// An error in the middle of a watch may be this server's alone, or come with every watch of that version.
constexpr int kServerErrorsBorne = 3;
// Nobody's Retry-After makes us deaf for longer.
constexpr seconds kLongestObeyed(120);

}  // namespace

WatchMachine::WatchMachine(WatchOptions options)
    : options_(options), backoff_(options.backoff), splitter_(options.most_event_bytes) {}

WatchAction WatchMachine::next(Instant now, double random) {
  if (now < wait_until_) return WaitUntil{wait_until_};
  switch (state_) {
    case State::Listing: return ListPage{continue_token_};
    case State::Opening:
      timeout_ = kShortestWatch + std::chrono::floor<seconds>(kShortestWatch * random);
      return OpenWatch{version_, timeout_};
    case State::Reading: break;
  }
  return ReadWatch{opened_ + timeout_ + kGrace};
}

std::vector<Delta> WatchMachine::on_page(Page page, Instant now, double random) {
  std::move(page.items.begin(), page.items.end(), std::back_inserter(collected_));
  continue_token_ = page.continue_token;
  if (!continue_token_.empty()) return {};
  const bool stale = compare_versions(page.resource_version, version_) < 0;
  if (stale && ++stale_lists_ < kStaleListsBelieved) {
    list_again(now, random);
    return {};
  }
  stale_lists_ = 0;
  server_errors_ = 0;
  version_ = page.resource_version;
  state_ = State::Opening;
  std::vector<Delta> deltas;
  deltas.emplace_back(Replaced{std::exchange(collected_, {})});
  return deltas;
}

void WatchMachine::on_opened(Instant now) {
  state_ = State::Reading;
  opened_ = now;
  heard_ = false;
  splitter_ = JsonSplitter(options_.most_event_bytes);
}

std::vector<Delta> WatchMachine::on_bytes(std::string_view bytes, Instant now, double random) {
  std::vector<std::string> whole;
  const bool readable = splitter_.push(bytes, whole);
  std::vector<Delta> deltas;
  for (const std::string& text : whole) {
    if (!take_event(text, deltas, now, random)) return deltas;
  }
  if (!readable) list_again(now, random);
  return deltas;
}

bool WatchMachine::take_event(const std::string& text, std::vector<Delta>& deltas, Instant now, double random) {
  auto event = event_from(text);
  if (event && event->type == EventType::Error) {
    take_error(event->object, now, random);
    return false;
  }
  // An order that cannot be is a reason not to believe the rest either: what was deleted might come to life again.
  if (!event || !advance(version_of(event->object))) {
    list_again(now, random);
    return false;
  }
  heard_ = true;
  server_errors_ = 0;
  if (event->type == EventType::Bookmark) return true;
  if (event->type == EventType::Deleted) {
    deltas.emplace_back(Removed{std::move(event->object)});
  } else {
    deltas.emplace_back(Put{std::move(event->object)});
  }
  return true;
}

// False: `version` is older than what was heard before.
bool WatchMachine::advance(const std::string& version) {
  if (compare_versions(version, version_) < 0) return false;
  version_ = version;
  return true;
}

void WatchMachine::take_error(const nlohmann::json& status, Instant now, double random) {
  const auto code = status.find("code");
  const int number = code != status.end() && code->is_number_integer() ? code->get<int>() : 0;
  on_fault(fault_from(number, {}, status.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)), now, random);
}

void WatchMachine::on_end(Instant now, double random) {
  state_ = State::Opening;
  if (!heard_ && now - opened_ < kLived) wait(now, random);
}

void WatchMachine::on_fault(const Fault& fault, Instant now, double random) {
  if (state_ != State::Listing) return watch_again(fault, now, random);
  // The next page is asked for again, unless the list that it belongs to is no longer kept.
  if (!fault.passing()) return list_again(now, random);
  wait(now, random, fault.retry_after.value_or(seconds(0)));
}

void WatchMachine::watch_again(const Fault& fault, Instant now, double random) {
  const bool cut = fault.kind == FaultKind::Unreachable || fault.kind == FaultKind::TimedOut;
  const bool reading = state_ == State::Reading;
  if (cut && reading) return on_end(now, random);
  const bool ours = cut || fault.kind == FaultKind::TooManyRequests ||
                    (fault.kind == FaultKind::ServerError && ++server_errors_ <= kServerErrorsBorne);
  if (!ours) return list_again(now, random);
  state_ = State::Opening;
  wait(now, random, fault.retry_after.value_or(seconds(0)));
}

void WatchMachine::list_again(Instant now, double random) {
  state_ = State::Listing;
  collected_.clear();
  continue_token_.clear();
  wait(now, random);
}

void WatchMachine::wait(Instant now, double random, seconds at_least) {
  const std::chrono::milliseconds asked = std::min(at_least, kLongestObeyed);
  wait_until_ = now + std::max(backoff_.next(now, random), asked);
}

}  // namespace mlgateway::kube
