#include "tests/bench/socket.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

namespace mlgateway::bench {
namespace {

constexpr int kBacklog = 1024;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

void answer_at_once(int socket) {
  const int on = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

Moved moved(ssize_t result) {
  if (result > 0) return {Moved::State::Some, static_cast<std::size_t>(result)};
  if (result < 0 && (errno == EAGAIN || errno == EINTR)) return {Moved::State::Blocked, 0};
  return {Moved::State::Ended, 0};
}

}  // namespace

void die(const std::string& words) {
  std::fprintf(stderr, "%s: %s\n", words.c_str(), std::strerror(errno));
  std::exit(2);
}

int listen_on(std::uint16_t port) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const sockaddr_in address = loopback(port);
  if (bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) die("bind");
  if (listen(listener, kBacklog) != 0) die("listen");
  return listener;
}

std::uint16_t local_port(int socket) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  if (getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) die("getsockname");
  return ntohs(address.sin_port);
}

int connect_to(std::uint16_t port) {
  const int made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (made < 0) die("socket");
  const sockaddr_in address = loopback(port);
  if (connect(made, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    close(made);
    return -1;
  }
  int on = 1;
  ioctl(made, FIONBIO, &on);
  answer_at_once(made);
  return made;
}

int accept_from(int listener) {
  const int accepted = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (accepted >= 0) answer_at_once(accepted);
  return accepted;
}

Moved read_some(int socket, std::span<char> into) { return moved(read(socket, into.data(), into.size())); }

Moved write_some(int socket, std::string_view bytes) {
  return moved(send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL));
}

Moved write_some(int socket, std::string_view first, std::string_view second) {
  std::array<iovec, 2> pieces{iovec{const_cast<char*>(first.data()), first.size()},
                              iovec{const_cast<char*>(second.data()), second.size()}};
  msghdr message{};
  message.msg_iov = pieces.data();
  message.msg_iovlen = pieces.size();
  return moved(sendmsg(socket, &message, MSG_NOSIGNAL));
}

Poller::Poller() : descriptor_(epoll_create1(EPOLL_CLOEXEC)) {
  if (descriptor_ < 0) die("epoll_create1");
  // The kernel otherwise rounds waits up by 50 us, which an open loop would take for latency.
  prctl(PR_SET_TIMERSLACK, 1UL);
}

Poller::~Poller() { close(descriptor_); }

void Poller::watch(int socket, void* who) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = who;
  if (epoll_ctl(descriptor_, EPOLL_CTL_ADD, socket, &event) != 0) die("epoll_ctl");
}

std::span<const epoll_event> Poller::wait(std::optional<Instant> until) {
  timespec patience{};
  if (until) {
    const auto left = std::max(std::chrono::nanoseconds(0), std::chrono::nanoseconds(*until - Clock::now()));
    patience.tv_sec = left.count() / 1'000'000'000;
    patience.tv_nsec = left.count() % 1'000'000'000;
  }
  const int count =
      epoll_pwait2(descriptor_, events_.data(), static_cast<int>(events_.size()), until ? &patience : nullptr, nullptr);
  if (count < 0 && errno != EINTR) die("epoll_pwait2");
  return {events_.data(), static_cast<std::size_t>(std::max(count, 0))};
}

}  // namespace mlgateway::bench
