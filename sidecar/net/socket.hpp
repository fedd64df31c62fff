// One TCP connection of one loop, as a coroutine sees it, in the clear or secured by TLS.
//
// Reads and writes try the kernel first (writes at the end of a busy turn) and wait only where it has nothing; each
// wait has a deadline. At most one coroutine reads and one writes at a time. Everything happens on the loop's thread.
// The Socket outlives who waits on it: cancel() and join them before it is destroyed.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include <openssl/types.h>
#include <sys/uio.h>

#include "sidecar/net/address.hpp"
#include "sidecar/net/loop.hpp"
#include "sidecar/net/tls.hpp"

namespace mlgateway::net {

enum class IoStatus : std::uint8_t {
  Ok,
  Closed,     // the other side has ended its direction (read), or takes nothing any more (write)
  Failed,     // reset, refused, unreachable
  TimedOut,   // the deadline passed first
  Cancelled,  // cancel() was called
};

struct ReadResult {
  IoStatus status;
  std::size_t bytes;  // with Ok, at least 1
};

class Socket final : public Source {
 public:
  // Takes over a connected (or connecting) non-blocking descriptor.
  Socket(Loop& loop, int descriptor);
  ~Socket();
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  class ReadSome;
  class WriteAll;
  class Connected;
  class Readable;
  class Secured;

  // At least one byte into `into`, or why not. `co_await` the result at once.
  ReadSome read_some(std::span<char> into, Instant deadline);
  // Everything in `pieces`, which is used up meanwhile and must live until then.
  WriteAll write_all(std::span<iovec> pieces, Instant deadline);
  // Until there is something to read, an end included; needs no buffer.
  Readable readable(Instant deadline);
  // The outcome of a connect that was begun with begin_connect.
  Connected connected(Instant deadline);

  // The first byte that a read would bring, where there is one now. Not of a secured connection.
  std::optional<unsigned char> first_byte() const;
  // Makes the handshake in that role. After Ok everything is read and written through it; after anything else the
  // connection is of no use, and tls() may tell why. At most once, and before all else.
  Secured secure(SSL_CTX* context, Tls::Role role, Instant deadline);
  // Null: not secured.
  const Tls* tls() const { return tls_.get(); }

  // Wakes whoever reads or writes with Cancelled; later waits end at once. Notifies as if the peer had closed. There is
  // no way back.
  void cancel();
  bool cancelled() const { return cancelled_; }
  // Wakes whoever reads with Cancelled; the next read is like any other.
  void cancel_read() { finish(reader_, read_timer_, IoStatus::Cancelled); }

  // The other side has closed its direction or the connection is dead, as far as the loop has heard.
  bool peer_closed() const { return peer_closed_; }
  // The loop has heard of bytes that nobody has read, or of an end.
  bool has_news() const { return readable_ || peer_closed_; }
  // The same, asked of the kernel. For a connection that should be quiet.
  bool disturbed();
  // Called, once, when the peer closes, or the socket is cancelled, while nobody reads. Null to forget it.
  void on_peer_closed(void (*notify)(void*), void* context) {
    notify_ = notify;
    notify_context_ = context;
  }

  void shut_down_writing();
  // Ends the connection with a reset, so that the peer cannot take a truncated message for a whole one.
  void reset_on_close();

  Loop& loop() { return loop_; }
  std::uint64_t bytes_written() const { return bytes_written_; }

 private:
  friend class ReadSome;
  friend class WriteAll;
  friend class Connected;
  friend class Readable;
  friend class Secured;

  // What a waiting coroutine left here. `attempt` tries again and says whether the wait is over.
  class Wait {
   public:
    virtual bool attempt() = 0;
    virtual void end(IoStatus status) = 0;
    std::coroutine_handle<> waiter;

   protected:
    ~Wait() = default;
  };

  void on_events(std::uint32_t events) override;
  void begin_wait(Wait*& slot, Wait& wait, Timer& timer, Instant deadline);
  void finish(Wait*& slot, Timer& timer, IoStatus status);
  bool try_read(std::span<char> into, ReadResult& result);
  bool read_plain(std::span<char> into, ReadResult& result);
  bool read_secured(std::span<char> into, ReadResult& result);
  bool has_had_its_share();
  // A write is tried at the end of this turn.
  bool sends_later() { return writable_ && !cancelled_ && loop_.at_end_of_turn(*this); }
  bool try_write(std::span<iovec>& pieces, IoStatus& status);
  // False: it has to wait. `sent` says how many bytes have gone.
  bool write_plain(std::span<iovec> pieces, std::size_t& sent, IoStatus& status);
  bool write_secured(std::span<iovec> pieces, std::size_t& sent, IoStatus& status);
  // What a step that could not be done needs is no longer there.
  void wait_for(Tls::Step step);

  Loop& loop_;
  int descriptor_;
  std::unique_ptr<Tls> tls_;
  bool readable_ = false;
  bool writable_ = true;
  bool peer_closed_ = false;
  bool cancelled_ = false;
  bool resets_ = false;
  Wait* reader_ = nullptr;
  Wait* writer_ = nullptr;
  Timer read_timer_;
  Timer write_timer_;
  void (*notify_)(void*) = nullptr;
  void* notify_context_ = nullptr;
  std::uint64_t bytes_written_ = 0;
  std::uint64_t turn_ = 0;  // in which reads_ were made
  unsigned reads_ = 0;
};

// The awaitables. Each is named, then awaited; none is kept.
class Socket::ReadSome final : Socket::Wait {
 public:
  ReadSome(Socket& socket, std::span<char> into, Instant deadline)
      : socket_(socket), into_(into), deadline_(deadline) {}
  bool await_ready() { return attempt(); }
  void await_suspend(std::coroutine_handle<> handle);
  ReadResult await_resume() const { return result_; }

 private:
  bool attempt() override { return socket_.try_read(into_, result_); }
  void end(IoStatus status) override { result_ = {status, 0}; }
  Socket& socket_;
  std::span<char> into_;
  Instant deadline_;
  ReadResult result_{IoStatus::Cancelled, 0};
};

class Socket::WriteAll final : Socket::Wait {
 public:
  WriteAll(Socket& socket, std::span<iovec> pieces, Instant deadline)
      : socket_(socket), pieces_(pieces), deadline_(deadline) {}
  bool await_ready() { return !socket_.sends_later() && attempt(); }
  void await_suspend(std::coroutine_handle<> handle);
  IoStatus await_resume() const { return status_; }

 private:
  bool attempt() override { return socket_.try_write(pieces_, status_); }
  void end(IoStatus status) override { status_ = status; }
  Socket& socket_;
  std::span<iovec> pieces_;
  Instant deadline_;
  IoStatus status_ = IoStatus::Cancelled;
};

class Socket::Readable final : Socket::Wait {
 public:
  Readable(Socket& socket, Instant deadline) : socket_(socket), deadline_(deadline) {}
  bool await_ready() { return attempt(); }
  void await_suspend(std::coroutine_handle<> handle);
  IoStatus await_resume() const { return status_; }

 private:
  bool attempt() override;
  void end(IoStatus status) override { status_ = status; }
  Socket& socket_;
  Instant deadline_;
  IoStatus status_ = IoStatus::Cancelled;
};

class Socket::Connected final : Socket::Wait {
 public:
  Connected(Socket& socket, Instant deadline) : socket_(socket), deadline_(deadline) {}
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> handle);
  IoStatus await_resume() const { return status_; }

 private:
  bool attempt() override;
  void end(IoStatus status) override { status_ = status; }
  Socket& socket_;
  Instant deadline_;
  IoStatus status_ = IoStatus::Cancelled;
};

class Socket::Secured final : Socket::Wait {
 public:
  Secured(Socket& socket, Instant deadline) : socket_(socket), deadline_(deadline) {}
  bool await_ready() { return attempt(); }
  void await_suspend(std::coroutine_handle<> handle);
  IoStatus await_resume() const { return status_; }

 private:
  bool attempt() override;
  void end(IoStatus status) override { status_ = status; }
  Socket& socket_;
  Instant deadline_;
  IoStatus status_ = IoStatus::Cancelled;
};

inline Socket::ReadSome Socket::read_some(std::span<char> into, Instant deadline) { return {*this, into, deadline}; }
inline Socket::WriteAll Socket::write_all(std::span<iovec> pieces, Instant deadline) {
  return {*this, pieces, deadline};
}
inline Socket::Readable Socket::readable(Instant deadline) { return {*this, deadline}; }
inline Socket::Connected Socket::connected(Instant deadline) { return {*this, deadline}; }

}  // namespace mlgateway::net
