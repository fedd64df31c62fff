#include "sidecar/config/watcher.hpp"

#include <chrono>
#include <cstdint>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "sidecar/config/directory_watch.hpp"

namespace mlgateway::config {
namespace {

using std::chrono::milliseconds;

// The kubelet itself looks at its volumes once a minute; ten seconds is what a lost event may cost.
constexpr milliseconds kPoll{10'000};
// A mount may come late; nothing tells when a directory appears.
constexpr milliseconds kPollWithoutDirectory{1'000};

}  // namespace

Watcher::Watcher(std::filesystem::path directory, OnConfig on_config)
    : on_config_(std::move(on_config)), loader_(std::move(directory)), wake_(::eventfd(0, EFD_CLOEXEC)) {}

Watcher::~Watcher() {
  stop();
  if (wake_ >= 0) ::close(wake_);
}

bool Watcher::load_now(WallTime now) {
  look(now);
  return state().config != nullptr;
}

void Watcher::start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void Watcher::stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  const std::uint64_t one = 1;
  // The wait has a timeout, so the thread would end without this too, only later.
  [[maybe_unused]] const auto written = ::write(wake_, &one, sizeof one);
  thread_.join();
}

LoadState Watcher::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

void Watcher::run(const std::stop_token& stop) {
  DirectoryWatch watch(loader_.directory(), kFileName);
  while (!stop.stop_requested()) {
    // First the watch, then the look: what changes in between is then an event.
    const bool watched = watch.begin();
    look(std::chrono::system_clock::now());
    wait(stop, watch, watched ? kPoll : kPollWithoutDirectory);
  }
}

// Returns when the file may have changed, when the time is over or when the thread shall stop. Events of other files do
// not put the poll off.
void Watcher::wait(const std::stop_token& stop, DirectoryWatch& watch, milliseconds most) {
  const Instant end = std::chrono::steady_clock::now() + most;
  pollfd waits[] = {{wake_, POLLIN, 0}, {watch.descriptor(), POLLIN, 0}};
  while (!stop.stop_requested()) {
    const auto left = std::chrono::ceil<milliseconds>(end - std::chrono::steady_clock::now());
    if (left.count() <= 0) return;
    const int ready = ::poll(waits, 2, static_cast<int>(left.count()));
    if (ready > 0 && watch.take_events()) return;
  }
}

void Watcher::look(WallTime now) {
  const std::lock_guard loading(loading_);
  auto config = loader_.load(now);
  {
    const std::lock_guard lock(mutex_);
    state_ = loader_.state();
  }
  if (!config) return;
  on_config_(std::move(config));
}

}  // namespace mlgateway::config
