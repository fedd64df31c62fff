#include "sidecar/net/tls.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <new>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

namespace mlgateway::net {
namespace {

// The most plain text of one record (RFC 8446, 5.1).
constexpr std::size_t kRecord = 16384;

bool would_block(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

std::string describe_error() {
  const unsigned long code = ERR_peek_error();
  if (code == 0) return "the connection ended";
  const char* const reason = ERR_reason_error_string(code);
  return reason != nullptr ? reason : "error " + std::to_string(code);
}

}  // namespace

// OpenSSL's own socket BIO writes with write(2), which raises SIGPIPE, and does not tell whether a read emptied the
// kernel's buffer.
struct WireMethod {
  static Tls::Wire& wire(BIO* bio) { return *static_cast<Tls::Wire*>(BIO_get_data(bio)); }

  static int read(BIO* bio, char* into, int size) {
    Tls::Wire& wire = WireMethod::wire(bio);
    BIO_clear_retry_flags(bio);
    ssize_t got;
    do {
      got = recv(wire.descriptor, into, static_cast<std::size_t>(size), 0);
    } while (got < 0 && errno == EINTR);
    wire.emptied = got < size;
    wire.ended = got == 0;
    if (got < 0 && would_block(errno)) BIO_set_retry_read(bio);
    return static_cast<int>(got);
  }

  static int write(BIO* bio, const char* from, int size) {
    BIO_clear_retry_flags(bio);
    ssize_t sent;
    do {
      sent = send(wire(bio).descriptor, from, static_cast<std::size_t>(size), MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    if (sent < 0 && would_block(errno)) BIO_set_retry_write(bio);
    return static_cast<int>(sent);
  }

  static long control(BIO* bio, int command, long, void*) {
    if (command == BIO_CTRL_EOF) return wire(bio).ended ? 1 : 0;
    return command == BIO_CTRL_FLUSH || command == BIO_CTRL_DUP ? 1 : 0;
  }

  static const BIO_METHOD* get() {
    static const BIO_METHOD* const method = [] {
      BIO_METHOD* const made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "mlgateway socket");
      if (made == nullptr) throw std::bad_alloc();
      BIO_meth_set_read(made, read);
      BIO_meth_set_write(made, write);
      BIO_meth_set_ctrl(made, control);
      return made;
    }();
    return method;
  }
};

void Tls::Free::operator()(SSL* ssl) const { SSL_free(ssl); }

Tls::Tls(SSL_CTX* context, int descriptor, Role role) : wire_{descriptor}, ssl_(SSL_new(context)) {
  BIO* const bio = ssl_ ? BIO_new(WireMethod::get()) : nullptr;
  if (bio == nullptr) throw std::bad_alloc();
  BIO_set_data(bio, &wire_);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_.get(), bio, bio);
  // Its buffers are 33 KB a connection, which are given back while it is idle.
  SSL_set_mode(ssl_.get(),
               SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  // One read for the head and the rest of a record, or for several.
  SSL_set_read_ahead(ssl_.get(), 1);
  if (role == Role::Client) {
    SSL_set_connect_state(ssl_.get());
  } else {
    SSL_set_accept_state(ssl_.get());
  }
}

Tls::~Tls() = default;

Tls::Step Tls::step(int result) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_NONE: return Step::Done;
    case SSL_ERROR_WANT_READ: return Step::WantsRead;
    case SSL_ERROR_WANT_WRITE: return Step::WantsWrite;
    case SSL_ERROR_ZERO_RETURN: return Step::Closed;
    default:
      if (failure_.empty()) failure_ = describe_error();
      return Step::Failed;
  }
}

Tls::Step Tls::handshake() {
  ERR_clear_error();
  return step(SSL_do_handshake(ssl_.get()));
}

Tls::Step Tls::read(std::span<char> into, std::size_t& bytes) {
  ERR_clear_error();
  return step(SSL_read_ex(ssl_.get(), into.data(), into.size(), &bytes));
}

Tls::Step Tls::peek() {
  char byte;
  std::size_t bytes = 0;
  ERR_clear_error();
  return step(SSL_peek_ex(ssl_.get(), &byte, 1, &bytes));
}

Tls::Step Tls::write(std::span<const iovec> pieces, std::size_t& bytes) {
  bytes = 0;
  while (!pieces.empty() && pieces.front().iov_len == 0) pieces = pieces.subspan(1);
  if (pieces.empty()) return Step::Done;
  const void* data = pieces.front().iov_base;
  std::size_t size = std::min(pieces.front().iov_len, kRecord);
  // A record for a head and another for its body would be two system calls, and 22 bytes more.
  thread_local std::array<char, kRecord> together;
  if (pieces.size() > 1 && size < kRecord) {
    size = 0;
    for (const iovec& piece : pieces) {
      const std::size_t part = std::min(piece.iov_len, together.size() - size);
      std::memcpy(together.data() + size, piece.iov_base, part);
      size += part;
    }
    data = together.data();
  }
  ERR_clear_error();
  return step(SSL_write_ex(ssl_.get(), data, size, &bytes));
}

void Tls::say_goodbye() {
  if (!failure_.empty() || SSL_in_init(ssl_.get())) return;
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
}

const char* Tls::version() const { return SSL_get_version(ssl_.get()); }

bool Tls::resumed() const { return SSL_session_reused(ssl_.get()) == 1; }

bool Tls::drained() const { return wire_.emptied && SSL_has_pending(ssl_.get()) == 0; }

}  // namespace mlgateway::net
