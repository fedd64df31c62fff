#include "sidecar/gateway/flight_wait.hpp"

#include <utility>

namespace mlgateway::gateway {

FlightWait::FlightWait(net::Socket& caller, Instant deadline)
    : caller_(caller), deadline_(deadline), line_(std::make_shared<Line>(Line{this})) {
  participant_.wake = [loop = &caller.loop(), line = line_] { post(*loop, line, Why::Landed); };
  timer_.context = this;
  timer_.fire = [](void* self) { static_cast<FlightWait*>(self)->end(Why::TimedOut); };
}

FlightWait::~FlightWait() {
  line_->wait = nullptr;
  caller_.on_peer_closed(nullptr, nullptr);
}

void FlightWait::await_suspend(std::coroutine_handle<> waiter) {
  waiter_ = waiter;
  caller_.loop().timers().arm(timer_, deadline_);
  // Whoever is resumed within the socket's own event may destroy the socket, so this goes through the loop as well.
  caller_.on_peer_closed(
      [](void* self) {
        auto& wait = *static_cast<FlightWait*>(self);
        post(wait.caller_.loop(), wait.line_, Why::CallerGone);
      },
      this);
}

void FlightWait::post(net::Loop& loop, const std::shared_ptr<Line>& line, Why why) {
  loop.post([line, why] {
    if (line->wait != nullptr) line->wait->end(why);
  });
}

void FlightWait::end(Why why) {
  if (over_) return;
  over_ = true;
  why_ = why;
  timer_.disarm();
  if (auto waiter = std::exchange(waiter_, {})) waiter.resume();
}

}  // namespace mlgateway::gateway
