// Accepts callers' connections for one worker. Each worker has its own listener on the shared port (SO_REUSEPORT).
#pragma once

#include "sidecar/net/address.hpp"
#include "sidecar/net/loop.hpp"

namespace mlgateway::server {

class Listener final : public net::Source {
 public:
  // Called with each connected, non-blocking descriptor, which is the callee's from then on.
  using Accept = void (*)(void* context, int descriptor, const net::Address& peer);

  // Takes over a listening descriptor.
  Listener(net::Loop& loop, int descriptor, Accept accept, void* context);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

 private:
  void on_events(std::uint32_t events) override;
  void pause();

  net::Loop& loop_;
  int descriptor_;
  Accept accept_;
  void* context_;
  bool listening_ = true;
  net::Timer resume_;
};

}  // namespace mlgateway::server
