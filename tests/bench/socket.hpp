// Sockets and waiting for them, as the bench's two ends need it: non-blocking, registered once, edge-triggered.
//
// Failures here are a machine that cannot be measured on: they end the program with a sentence.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <sys/epoll.h>

namespace mlgateway::bench {

using Clock = std::chrono::steady_clock;
using Instant = Clock::time_point;

// Says `words` and errno's on standard error and ends the program.
[[noreturn]] void die(const std::string& words);

// Of 127.0.0.1; port 0 takes any. The port it got is local_port().
int listen_on(std::uint16_t port);
std::uint16_t local_port(int socket);

// Waits until connected; -1 when refused.
int connect_to(std::uint16_t port);

// A non-blocking connection that somebody opened to `listener`; -1 when there is none.
int accept_from(int listener);

// What became of a read or a write. `bytes` is 0 with Blocked and Ended.
struct Moved {
  enum class State { Some, Blocked, Ended } state = State::Ended;
  std::size_t bytes = 0;
};
Moved read_some(int socket, std::span<char> into);
Moved write_some(int socket, std::string_view bytes);
// Two pieces in one call.
Moved write_some(int socket, std::string_view first, std::string_view second);

class Poller {
 public:
  Poller();
  ~Poller();
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

  // `who` comes back in data.ptr of each event. A closed socket leaves by itself.
  void watch(int socket, void* who);
  // Waits for at least one event, or until the instant, to the microsecond.
  std::span<const epoll_event> wait(std::optional<Instant> until);

 private:
  int descriptor_;
  std::array<epoll_event, 256> events_{};
};

}  // namespace mlgateway::bench
