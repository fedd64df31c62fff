#include "sidecar/net/loop.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <sys/eventfd.h>
#include <unistd.h>

namespace mlgateway::net {
namespace {

// Nothing waits for this: it only bounds how stale now() can get in a loop where nothing happens.
constexpr std::chrono::milliseconds kLongestSleep{1000};

int checked(int descriptor, const char* what) {
  if (descriptor < 0) throw std::system_error(errno, std::generic_category(), what);
  return descriptor;
}

}  // namespace

Loop::Loop()
    : epoll_(checked(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      wakeup_(checked(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")),
      now_(std::chrono::steady_clock::now()),
      timers_(now_) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = nullptr;  // the wake-up itself
  checked(epoll_ctl(epoll_, EPOLL_CTL_ADD, wakeup_, &event), "epoll_ctl");
}

Loop::~Loop() {
  close(wakeup_);
  close(epoll_);
}

void Loop::run() {
  while (!stopped_.load(std::memory_order_relaxed)) {
    const auto sleep = deferred_.empty() ? timers_.until_next(now_, kLongestSleep) : std::chrono::milliseconds{0};
    ready_count_ = epoll_wait(epoll_, ready_.data(), static_cast<int>(ready_.size()), static_cast<int>(sleep.count()));
    now_ = std::chrono::steady_clock::now();
    ++turn_;
    run_deferred();
    bool posted = false;
    for (int i = 0; i < ready_count_; ++i) {
      // Null is the wake-up, or a source that was removed earlier in this turn.
      if (auto* source = static_cast<Source*>(ready_[i].data.ptr)) {
        source->on_events(ready_[i].events);
      } else {
        posted = true;
      }
    }
    ready_count_ = 0;
    run_ending();
    timers_.advance(now_);
    if (posted) run_posted();
  }
}

void Loop::stop() {
  stopped_.store(true, std::memory_order_relaxed);
  post([] {});
}

void Loop::post(std::function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    posted_.push_back(std::move(work));
  }
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = write(wakeup_, &one, sizeof one);
}

void Loop::run_posted() {
  std::uint64_t count;
  [[maybe_unused]] const auto got = read(wakeup_, &count, sizeof count);
  std::vector<std::function<void()>> work;
  {
    const std::lock_guard lock(mutex_);
    work.swap(posted_);
  }
  for (auto& item : work) item();
}

// Who is called here and has more to send is not put off again.
void Loop::run_ending() {
  for (std::size_t i = 0; i < ending_.size(); ++i) {
    if (ending_[i]) ending_[i]->on_events(0);
  }
  ending_.clear();
}

void Loop::run_deferred() {
  overdue_.swap(deferred_);
  for (std::size_t i = 0; i < overdue_.size(); ++i) {
    if (overdue_[i]) overdue_[i]->on_events(0);
  }
  overdue_.clear();
}

void Loop::add(Source& source, int descriptor, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = &source;
  checked(epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event), "epoll_ctl");
}

void Loop::remove(Source& source, int descriptor) {
  epoll_ctl(epoll_, EPOLL_CTL_DEL, descriptor, nullptr);
  // Events of this turn that are still to come must not reach a source that is about to die.
  for (int i = 0; i < ready_count_; ++i) {
    if (ready_[i].data.ptr == &source) ready_[i].data.ptr = nullptr;
  }
  std::replace(ending_.begin(), ending_.end(), &source, static_cast<Source*>(nullptr));
  std::erase(deferred_, &source);
  std::replace(overdue_.begin(), overdue_.end(), &source, static_cast<Source*>(nullptr));
}

}  // namespace mlgateway::net
