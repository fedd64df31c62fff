// Writes Events to the API server in a thread of its own. Nobody waits for it, and it never grows.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <stop_token>
#include <thread>

#include "operator/kube/client.hpp"
#include "operator/kube/event.hpp"
#include "operator/kube/event_series.hpp"

namespace mlgateway::kube {

// Safe from any thread. `client` must outlive it. What waits when it is destroyed is lost: events are no record.
class EventRecorder {
 public:
  static constexpr std::size_t kMostWaiting = 1000;

  EventRecorder(Client& client, Reporter reporter);
  ~EventRecorder();
  EventRecorder(const EventRecorder&) = delete;
  EventRecorder& operator=(const EventRecorder&) = delete;

  // Hands it over and returns; when too many wait, it is dropped and counted.
  void record(Event event);

  std::uint64_t dropped() const;

 private:
  void run(const std::stop_token& stop);
  void write(const std::vector<Request>& requests, const std::stop_token& stop);

  Client& client_;
  mutable std::mutex mutex_;
  std::condition_variable_any woken_;
  std::deque<Event> waiting_;
  std::uint64_t dropped_ = 0;
  std::uint64_t dropped_by_series_ = 0;
  EventSeries series_;  // the thread's own
  std::jthread thread_;
};

}  // namespace mlgateway::kube
