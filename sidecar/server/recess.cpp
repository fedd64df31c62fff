#include "sidecar/server/recess.hpp"

#include <utility>

#include "sidecar/base/log.hpp"

namespace mlgateway::server {

Recess::Recess(std::atomic<bool>& draining, std::chrono::milliseconds delay, std::chrono::milliseconds timeout)
    : draining_(draining), delay_(delay), longest_(delay + timeout) {}

void Recess::begin(Instant now) {
  const std::scoped_lock lock(mutex_);
  began_ = now;
  draining_ = true;
  if (lasts_ || kept_) return;
  lasts_ = true;
  thread_ = std::jthread([this](const std::stop_token& stop) { take_back(stop); });
  log::info("draining on request", {{"propagation_delay_ms", delay_.count()}});
}

bool Recess::over(Instant now, std::int64_t in_flight) const {
  const std::scoped_lock lock(mutex_);
  const auto passed = now - began_;
  return passed >= longest_ || (passed >= delay_ && in_flight == 0);
}

void Recess::keep() {
  std::jthread ended;
  {
    const std::scoped_lock lock(mutex_);
    kept_ = true;
    ended = std::exchange(thread_, {});
  }
}

void Recess::take_back(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested() && std::chrono::steady_clock::now() < began_ + longest_) {
    const Instant end = began_ + longest_;
    changed_.wait_until(lock, stop, end, [&] { return began_ + longest_ != end; });
  }
  if (kept_) return;
  lasts_ = false;
  draining_ = false;
  log::info("no longer draining: the process was not told to end");
}

}  // namespace mlgateway::server
