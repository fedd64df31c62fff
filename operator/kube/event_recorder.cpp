#include "operator/kube/event_recorder.hpp"

#include <chrono>
#include <optional>
#include <utility>

#include "sidecar/base/log.hpp"

namespace mlgateway::kube {
namespace {

// Counts are looked through this often.
constexpr std::chrono::seconds kRound(10);

}  // namespace

EventRecorder::EventRecorder(Client& client, Reporter reporter)
    : client_(client), series_(std::move(reporter)), thread_([this](const std::stop_token& stop) { run(stop); }) {}

EventRecorder::~EventRecorder() {
  thread_.request_stop();
  thread_.join();
}

void EventRecorder::record(Event event) {
  {
    const std::scoped_lock lock(mutex_);
    if (waiting_.size() >= kMostWaiting) {
      ++dropped_;
      return;
    }
    waiting_.push_back(std::move(event));
  }
  woken_.notify_all();
}

std::uint64_t EventRecorder::dropped() const {
  const std::scoped_lock lock(mutex_);
  return dropped_ + dropped_by_series_;
}

void EventRecorder::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    std::optional<Event> event;
    {
      std::unique_lock lock(mutex_);
      dropped_by_series_ = series_.dropped();
      woken_.wait_for(lock, stop, kRound, [this] { return !waiting_.empty(); });
      if (!waiting_.empty()) {
        event = std::move(waiting_.front());
        waiting_.pop_front();
      }
    }
    const Instant now = std::chrono::steady_clock::now();
    if (event) write(series_.note(*event, now, std::chrono::system_clock::now()), stop);
    write(series_.due(now), stop);
  }
}

void EventRecorder::write(const std::vector<Request>& requests, const std::stop_token& stop) {
  for (const Request& request : requests) {
    const auto written = client_.send(request, stop);
    // Tried once: what matters is in a status as well.
    if (!written && written.fault().kind != FaultKind::Stopped) {
      log::warn("event not written", {{"error", written.fault().message}});
    }
  }
}

}  // namespace mlgateway::kube
