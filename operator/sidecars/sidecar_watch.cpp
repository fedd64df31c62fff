#include "operator/sidecars/sidecar_watch.hpp"

#include <chrono>
#include <utility>

#include "operator/sidecars/sidecar_client.hpp"

namespace mlgateway::sidecars {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr auto kUsual = milliseconds(1000);
constexpr auto kEager = milliseconds(25);
// A sidecar that has not loaded a configuration by then has refused it or is gone.
constexpr auto kEagerFor = std::chrono::seconds(5);

}  // namespace

SidecarWatch::SidecarWatch(std::string url, std::string token, std::function<void()> changed)
    : url_(std::move(url)),
      token_(std::move(token)),
      changed_(std::move(changed)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

std::optional<api::SidecarReport> SidecarWatch::latest() const {
  const std::scoped_lock lock(mutex_);
  return latest_.get();
}

void SidecarWatch::expect(const std::string& config_hash) {
  {
    const std::scoped_lock lock(mutex_);
    if (expected_ == config_hash) return;
    expected_ = config_hash;
    ++expectations_;
  }
  expected_changed_.notify_all();
}

void SidecarWatch::run(const std::stop_token& stop) {
  SidecarClient client(url_, token_);
  Clock::time_point eager_until = Clock::now() + kEagerFor;
  std::uint64_t seen = 0;
  while (!stop.stop_requested()) {
    State state = client.state(stop);
    std::unique_lock lock(mutex_);
    if (latest_.take(std::move(state.report), Clock::now())) {
      lock.unlock();
      changed_();
      lock.lock();
    }
    if (seen != expectations_) eager_until = Clock::now() + kEagerFor;
    seen = expectations_;
    const bool eager = state.config_hash != expected_ && Clock::now() < eager_until;
    expected_changed_.wait_for(lock, stop, eager ? kEager : kUsual, [&] { return seen != expectations_; });
  }
}

}  // namespace mlgateway::sidecars
