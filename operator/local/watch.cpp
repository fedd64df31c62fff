#include "operator/local/watch.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace mlgateway::local {
namespace {

using std::chrono::milliseconds;

// An editor's save is several events a few milliseconds apart; whoever never stops writing is not waited for.
constexpr auto kQuiet = milliseconds(10);
constexpr auto kMostDebounce = milliseconds(60);
constexpr auto kMostBeingWritten = std::chrono::seconds(1);

Error failed(const std::string& what) {
  return Error(Reason::Internal,
               "cannot watch " + what + ": " + std::error_code(errno, std::generic_category()).message());
}

int timeout(milliseconds most) { return static_cast<int>(std::max<milliseconds::rep>(most.count(), 0)); }

}  // namespace

Watch::~Watch() {
  for (const int fd : {inotify_, signals_, nudges_}) {
    if (fd >= 0) ::close(fd);
  }
}

Status Watch::open(const std::filesystem::path& folder) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signals_ = ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  nudges_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  inotify_ = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  if (signals_ < 0 || nudges_ < 0 || inotify_ < 0) return failed("for changes");
  constexpr std::uint32_t kEvents =
      IN_CREATE | IN_MODIFY | IN_CLOSE_WRITE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE | IN_ATTRIB | IN_ONLYDIR;
  if (::inotify_add_watch(inotify_, folder.c_str(), kEvents) < 0) return failed(folder.string());
  return Done{};
}

bool Watch::wait(milliseconds most) {
  std::array<pollfd, 3> polled = {{{signals_, POLLIN, 0}, {inotify_, POLLIN, 0}, {nudges_, POLLIN, 0}}};
  Instant deadline = std::chrono::steady_clock::now() + most;
  bool changed = false;
  while (true) {
    const auto now = std::chrono::steady_clock::now();
    const auto left = std::chrono::ceil<milliseconds>(deadline - now);
    const int ready = ::poll(polled.data(), polled.size(), timeout(changed ? std::min(left, kQuiet) : left));
    if (ready < 0 && errno == EINTR) continue;
    if (polled[0].revents != 0) return false;
    if (ready <= 0) return true;
    if (polled[1].revents != 0) {
      take_events();
      if (!changed) deadline = now + kMostDebounce;
      changed = true;
    }
    if (polled[2].revents != 0) {
      std::uint64_t count = 0;
      if (::read(nudges_, &count, sizeof count) > 0 && !changed) return true;
    }
  }
}

void Watch::nudge() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(nudges_, &one, sizeof one);
}

std::set<std::string> Watch::being_written() const {
  std::set<std::string> names;
  const auto now = std::chrono::steady_clock::now();
  for (const auto& [name, since] : open_) {
    if (now - since < kMostBeingWritten) names.insert(name);
  }
  return names;
}

void Watch::take_events() {
  alignas(inotify_event) std::array<char, 16384> events;
  while (true) {
    const ssize_t got = ::read(inotify_, events.data(), events.size());
    if (got <= 0) return;
    for (std::size_t at = 0; at < static_cast<std::size_t>(got);) {
      const auto* event = reinterpret_cast<const inotify_event*>(events.data() + at);
      if (event->len > 0) take_event(event->name, event->mask);
      at += sizeof(inotify_event) + event->len;
    }
  }
}

void Watch::take_event(const std::string& name, std::uint32_t mask) {
  if ((mask & IN_MODIFY) != 0) open_.try_emplace(name, std::chrono::steady_clock::now());
  if ((mask & (IN_CLOSE_WRITE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE)) != 0) open_.erase(name);
}

}  // namespace mlgateway::local
