// The wish of whoever waits for a connection that it be given up. One waits, one asks; same thread.
#pragma once

#include "sidecar/net/socket.hpp"

namespace mlgateway::upstream {

class Cancellation {
 public:
  bool requested() const { return requested_; }

  // Ends a wait that is under way, within this call; whoever waited may end this object meanwhile. A later wait ends at
  // its first look.
  void request() {
    requested_ = true;
    if (waited_for_) waited_for_->cancel();
  }

  // While this lives, a request ends the wait for that socket.
  class During {
   public:
    During(Cancellation& cancellation, net::Socket& socket) : cancellation_(cancellation) {
      cancellation_.waited_for_ = &socket;
    }
    ~During() { cancellation_.waited_for_ = nullptr; }
    During(const During&) = delete;
    During& operator=(const During&) = delete;

   private:
    Cancellation& cancellation_;
  };

 private:
  bool requested_ = false;
  net::Socket* waited_for_ = nullptr;
};

}  // namespace mlgateway::upstream
