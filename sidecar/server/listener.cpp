#include "sidecar/server/listener.hpp"

#include <cerrno>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sidecar/base/log.hpp"

namespace mlgateway::server {
namespace {

using namespace std::chrono_literals;

// Connections accepted in one turn of the loop, so that a burst of them does not starve those that are being served.
constexpr int kPerTurn = 64;

// Out of descriptors: accepting again at once would fail again and burn the processor meanwhile.
constexpr auto kPause = 100ms;

bool out_of_resources(int error) { return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM; }

}  // namespace

Listener::Listener(net::Loop& loop, int descriptor, Accept accept, void* context)
    : loop_(loop), descriptor_(descriptor), accept_(accept), context_(context) {
  loop_.add(*this, descriptor_, EPOLLIN);
  resume_.context = this;
  resume_.fire = [](void* self) {
    auto& listener = *static_cast<Listener*>(self);
    listener.loop_.add(listener, listener.descriptor_, EPOLLIN);
    listener.listening_ = true;
  };
}

Listener::~Listener() {
  if (listening_) loop_.remove(*this, descriptor_);
  close(descriptor_);
}

void Listener::on_events(std::uint32_t) {
  for (int i = 0; i < kPerTurn; ++i) {
    sockaddr_storage storage;
    socklen_t size = sizeof storage;
    const int descriptor =
        accept4(descriptor_, reinterpret_cast<sockaddr*>(&storage), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor < 0) {
      if (out_of_resources(errno)) pause();
      return;
    }
    const int on = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    accept_(context_, descriptor, net::Address(reinterpret_cast<sockaddr*>(&storage), size));
  }
}

void Listener::pause() {
  log::warn("out of descriptors, accepting pauses");
  loop_.remove(*this, descriptor_);
  listening_ = false;
  loop_.timers().arm(resume_, loop_.now() + kPause);
}

}  // namespace mlgateway::server
