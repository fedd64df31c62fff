// What a Socket takes from the kernel and gives to it, in the clear or through TLS.
#include <algorithm>
#include <cerrno>

#include <sys/socket.h>

#include "sidecar/net/socket.hpp"

namespace mlgateway::net {
namespace {

// More pieces than this in one system call gain nothing; the rest goes with the next.
constexpr std::size_t kMaxPieces = 64;

// Reads of one socket in one turn of the loop. A peer that sends as fast as it is read would keep the worker for
// itself.
constexpr unsigned kReadsPerTurn = 16;

bool would_block(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

}  // namespace

bool Socket::try_read(std::span<char> into, ReadResult& result) {
  if (cancelled_) {
    result = {IoStatus::Cancelled, 0};
    return true;
  }
  if (!readable_ || has_had_its_share()) return false;
  return tls_ ? read_secured(into, result) : read_plain(into, result);
}

bool Socket::read_plain(std::span<char> into, ReadResult& result) {
  ssize_t got;
  do {
    got = recv(descriptor_, into.data(), into.size(), 0);
  } while (got < 0 && errno == EINTR);
  if (got > 0) {
    // A short read has emptied the socket (epoll(7)), so the next edge will come; an end that is known must be read
    // out.
    if (static_cast<std::size_t>(got) < into.size() && !peer_closed_) readable_ = false;
    result = {IoStatus::Ok, static_cast<std::size_t>(got)};
    return true;
  }
  if (got < 0 && would_block(errno)) {
    readable_ = false;
    return false;
  }
  peer_closed_ = true;
  result = {got == 0 ? IoStatus::Closed : IoStatus::Failed, 0};
  return true;
}

bool Socket::read_secured(std::span<char> into, ReadResult& result) {
  std::size_t bytes = 0;
  const Tls::Step step = tls_->read(into, bytes);
  if (step == Tls::Step::Done) {
    if (tls_->drained() && !peer_closed_) readable_ = false;
    result = {IoStatus::Ok, bytes};
    return true;
  }
  if (step == Tls::Step::WantsRead || step == Tls::Step::WantsWrite) {
    wait_for(step);
    return false;
  }
  peer_closed_ = true;
  result = {step == Tls::Step::Closed ? IoStatus::Closed : IoStatus::Failed, 0};
  return true;
}

// A reader whose step has to write waits with readable_ set, a writer whose step has to read with writable_: so either
// is tried again at the next event of the other kind.
void Socket::wait_for(Tls::Step step) {
  if (step == Tls::Step::WantsRead) readable_ = false;
  if (step == Tls::Step::WantsWrite) writable_ = false;
}

bool Socket::has_had_its_share() {
  if (turn_ != loop_.turn()) {
    turn_ = loop_.turn();
    reads_ = 0;
  }
  if (++reads_ <= kReadsPerTurn) return false;
  loop_.defer(*this);
  return true;
}

bool Socket::try_write(std::span<iovec>& pieces, IoStatus& status) {
  if (cancelled_) {
    status = IoStatus::Cancelled;
    return true;
  }
  while (!pieces.empty()) {
    if (!writable_) return false;
    std::size_t left = 0;
    status = IoStatus::Ok;
    if (!(tls_ ? write_secured(pieces, left, status) : write_plain(pieces, left, status))) return false;
    if (status != IoStatus::Ok) return true;
    bytes_written_ += left;
    while (!pieces.empty() && left >= pieces.front().iov_len) {
      left -= pieces.front().iov_len;
      pieces = pieces.subspan(1);
    }
    if (!pieces.empty()) {
      pieces.front().iov_base = static_cast<char*>(pieces.front().iov_base) + left;
      pieces.front().iov_len -= left;
    }
  }
  status = IoStatus::Ok;
  return true;
}

bool Socket::write_plain(std::span<iovec> pieces, std::size_t& sent, IoStatus& status) {
  msghdr message{};
  message.msg_iov = pieces.data();
  message.msg_iovlen = std::min(pieces.size(), kMaxPieces);
  ssize_t taken;
  do {
    taken = sendmsg(descriptor_, &message, MSG_NOSIGNAL);
  } while (taken < 0 && errno == EINTR);
  if (taken < 0 && would_block(errno)) {
    writable_ = false;
    return false;
  }
  if (taken < 0) status = errno == EPIPE ? IoStatus::Closed : IoStatus::Failed;
  sent = taken < 0 ? 0 : static_cast<std::size_t>(taken);
  return true;
}

bool Socket::write_secured(std::span<iovec> pieces, std::size_t& sent, IoStatus& status) {
  const Tls::Step step = tls_->write(pieces, sent);
  if (step == Tls::Step::WantsRead || step == Tls::Step::WantsWrite) {
    wait_for(step);
    return false;
  }
  if (step != Tls::Step::Done) status = step == Tls::Step::Closed ? IoStatus::Closed : IoStatus::Failed;
  return true;
}

bool Socket::disturbed() {
  if (peer_closed_) return true;
  if (tls_) {
    // What is not the peer's own data, such as a ticket, disturbs nobody.
    readable_ = tls_->peek() != Tls::Step::WantsRead;
    return readable_;
  }
  char byte;
  const ssize_t got = recv(descriptor_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  // A read that filled its buffer exactly left the flag up although nothing was left.
  readable_ = !(got < 0 && would_block(errno));
  return readable_;
}

std::optional<unsigned char> Socket::first_byte() const {
  unsigned char byte = 0;
  if (recv(descriptor_, &byte, 1, MSG_PEEK | MSG_DONTWAIT) != 1) return std::nullopt;
  return byte;
}

}  // namespace mlgateway::net
