#include "sidecar/net/socket.hpp"

#include <utility>

#include <sys/socket.h>
#include <unistd.h>

namespace mlgateway::net {

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
  if (tls_ && !resets_) tls_->say_goodbye();
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

Socket::Secured Socket::secure(SSL_CTX* context, Tls::Role role, Instant deadline) {
  tls_ = std::make_unique<Tls>(context, descriptor_, role);
  return {*this, deadline};
}

void Socket::shut_down_writing() {
  if (tls_) tls_->say_goodbye();
  shutdown(descriptor_, SHUT_WR);
}

void Socket::reset_on_close() {
  resets_ = true;
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

void Socket::Secured::await_suspend(std::coroutine_handle<> handle) {
  waiter = handle;
  socket_.begin_wait(socket_.reader_, *this, socket_.read_timer_, deadline_);
}

bool Socket::Secured::attempt() {
  if (socket_.cancelled_) return true;
  const Tls::Step step = socket_.tls_->handshake();
  if (step == Tls::Step::WantsRead || step == Tls::Step::WantsWrite) {
    socket_.wait_for(step);
    // A reader is tried again when readable_ is set, and this one may wait for either.
    if (step == Tls::Step::WantsWrite) socket_.readable_ = true;
    return false;
  }
  socket_.readable_ = socket_.peer_closed_ || !socket_.tls_->drained();
  status_ = step == Tls::Step::Done ? IoStatus::Ok : step == Tls::Step::Closed ? IoStatus::Closed : IoStatus::Failed;
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
