// TLS of one connection (RFC 8446, RFC 5246), as a Socket reads and writes through it.
//
// Never waits: each step does what the peer and the kernel allow right now, and says what it would need to do more.
// What is allowed at all (versions, certificates, who is believed) is the context's business. One loop, one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include <openssl/types.h>
#include <sys/uio.h>

namespace mlgateway::net {

class Tls {
 public:
  enum class Role : std::uint8_t { Client, Server };
  enum class Step : std::uint8_t {
    Done,
    WantsRead,   // go on when there is something to read
    WantsWrite,  // go on when the kernel takes something again
    Closed,      // the peer has said that it sends nothing more
    Failed,      // failure() says why; nothing works any more
  };

  // `descriptor` is connected, non-blocking, and stays its owner's.
  Tls(SSL_CTX* context, int descriptor, Role role);
  ~Tls();
  Tls(const Tls&) = delete;
  Tls& operator=(const Tls&) = delete;

  Step handshake();
  // At least one byte into `into`, which is not empty; `bytes` says how many.
  Step read(std::span<char> into, std::size_t& bytes);
  // Some bytes from the front of `pieces`, at most a record; `bytes` says how many. What is tried again must be the
  // same bytes, wherever they lie.
  Step write(std::span<const iovec> pieces, std::size_t& bytes);
  // As read, but nothing is taken.
  Step peek();
  // Says that nothing more will be sent, as far as the kernel takes it.
  void say_goodbye();

  // No byte is kept back here, and the last look at the descriptor found its end for now.
  bool drained() const;
  // What went wrong first; empty when nothing has.
  const std::string& failure() const { return failure_; }
  // After the handshake: "TLSv1.3", and whether an earlier session was resumed.
  const char* version() const;
  bool resumed() const;

 private:
  struct Free {
    void operator()(SSL* ssl) const;
  };
  // What lies under the session; its address is known to OpenSSL.
  struct Wire {
    int descriptor;
    bool emptied = false;  // the last read got less than it had room for
    bool ended = false;
  };
  friend struct WireMethod;

  Step step(int result);

  Wire wire_;
  std::string failure_;
  std::unique_ptr<SSL, Free> ssl_;
};

}  // namespace mlgateway::net
