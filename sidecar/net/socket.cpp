#include "sidecar/net/socket.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <sys/socket.h>
#include <unistd.h>

namespace mlgateway::net {
namespace {

// More pieces than this in one system call gain nothing; the rest goes with the next.
constexpr std::size_t kMaxPieces = 64;

// Reads of one socket in one turn of the loop. A peer that sends as fast as it is read would keep the worker for
// itself.
constexpr unsigned kReadsPerTurn = 16;

bool would_block(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

}  // namespace

Socket::Socket(Loop& loop, int descriptor) : loop_(loop), descriptor_(descriptor) {
  read_timer_.context = this;
  read_timer_.fire = [](void* self) {
    auto& socket = *static_cast<Socket*>(self);
    socket.finish(socket.reader_, socket.read_timer_, IoStatus::TimedOut);
  };
  write_timer_.context = this;
  write_timer_.fire = [](void* self) {
    auto& socket = *static_cast<Socket*>(self);
    socket.finish(socket.writer_, socket.write_timer_, IoStatus::TimedOut);
  };
  loop_.add(*this, descriptor_, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
}

Socket::~Socket() {
  loop_.remove(*this, descriptor_);
  close(descriptor_);
}

void Socket::on_events(std::uint32_t events) {
  if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) peer_closed_ = true;
  if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) readable_ = true;
  if (events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) writable_ = true;

  // Who is resumed may destroy this socket, so everything is decided before the first resumption.
  std::coroutine_handle<> reader, writer;
  if (reader_ && readable_ && reader_->attempt()) {
    reader = std::exchange(reader_, nullptr)->waiter;
    read_timer_.disarm();
  }
  if (writer_ && writable_ && writer_->attempt()) {
    writer = std::exchange(writer_, nullptr)->waiter;
    write_timer_.disarm();
  }
  void (*notify)(void*) = nullptr;
  void* const notify_context = notify_context_;
  if (peer_closed_ && !reader && !reader_) notify = std::exchange(notify_, nullptr);

  // Whoever is notified must still be there, so before those who may end what it belongs to.
  if (notify) notify(notify_context);
  if (reader) reader.resume();
  if (writer) writer.resume();
}

void Socket::begin_wait(Wait*& slot, Wait& wait, Timer& timer, Instant deadline) {
  slot = &wait;
  if (deadline != Instant::max()) loop_.timers().arm(timer, deadline);
}

void Socket::finish(Wait*& slot, Timer& timer, IoStatus status) {
  if (!slot) return;
  timer.disarm();
  Wait* const wait = std::exchange(slot, nullptr);
  wait->end(status);
  wait->waiter.resume();
}

void Socket::cancel() {
  if (std::exchange(cancelled_, true)) return;
  // The first resumption may destroy this socket only after the other waiter was joined, which needs that one resumed.
  Wait* const reader = std::exchange(reader_, nullptr);
  Wait* const writer = std::exchange(writer_, nullptr);
  read_timer_.disarm();
  write_timer_.disarm();
  if (reader) reader->end(IoStatus::Cancelled);
  if (writer) writer->end(IoStatus::Cancelled);
  // Who waits for something else on this connection's behalf hears of it as of a hang-up; he may end it.
  void (*const notify)(void*) = reader ? nullptr : std::exchange(notify_, nullptr);
  if (notify) notify(notify_context_);
  if (reader) reader->waiter.resume();
  if (writer) writer->waiter.resume();
}

bool Socket::try_read(std::span<char> into, ReadResult& result) {
  if (cancelled_) {
    result = {IoStatus::Cancelled, 0};
    return true;
  }
  if (!readable_ || has_had_its_share()) return false;
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
    msghdr message{};
    message.msg_iov = pieces.data();
    message.msg_iovlen = std::min(pieces.size(), kMaxPieces);
    const ssize_t sent = sendmsg(descriptor_, &message, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && would_block(errno)) {
      writable_ = false;
      return false;
    }
    if (sent < 0) {
      status = errno == EPIPE ? IoStatus::Closed : IoStatus::Failed;
      return true;
    }
    bytes_written_ += static_cast<std::size_t>(sent);
    auto left = static_cast<std::size_t>(sent);
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

bool Socket::disturbed() {
  if (peer_closed_) return true;
  char byte;
  const ssize_t got = recv(descriptor_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  // A read that filled its buffer exactly left the flag up although nothing was left.
  readable_ = !(got < 0 && would_block(errno));
  return readable_;
}

void Socket::shut_down_writing() { shutdown(descriptor_, SHUT_WR); }

void Socket::reset_on_close() {
  const linger now{1, 0};
  setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

void Socket::ReadSome::await_suspend(std::coroutine_handle<> handle) {
  waiter = handle;
  socket_.begin_wait(socket_.reader_, *this, socket_.read_timer_, deadline_);
}

void Socket::WriteAll::await_suspend(std::coroutine_handle<> handle) {
  waiter = handle;
  socket_.begin_wait(socket_.writer_, *this, socket_.write_timer_, deadline_);
}

void Socket::Readable::await_suspend(std::coroutine_handle<> handle) {
  waiter = handle;
  socket_.begin_wait(socket_.reader_, *this, socket_.read_timer_, deadline_);
}

bool Socket::Readable::attempt() {
  if (socket_.cancelled_) return true;
  if (!socket_.readable_) return false;
  status_ = IoStatus::Ok;
  return true;
}

void Socket::Connected::await_suspend(std::coroutine_handle<> handle) {
  waiter = handle;
  socket_.writable_ = false;
  socket_.begin_wait(socket_.writer_, *this, socket_.write_timer_, deadline_);
}

bool Socket::Connected::attempt() {
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(socket_.descriptor_, SOL_SOCKET, SO_ERROR, &error, &size);
  status_ = error == 0 ? IoStatus::Ok : IoStatus::Failed;
  return true;
}

}  // namespace mlgateway::net
