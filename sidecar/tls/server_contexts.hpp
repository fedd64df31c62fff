// What the sidecar is to those who speak TLS with it: its certificates, and what it agrees to.
//
// TLS 1.2 (RFC 5246) with ECDHE and AEAD only, and 1.3 (RFC 8446); no renegotiation, no compression, no early data;
// ALPN (RFC 7301) agrees to http/1.1 and refuses who offers only others; sessions are resumed by tickets (RFC 5077),
// which are good in every worker, for as long as these contexts live.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <openssl/types.h>

#include "sidecar/base/result.hpp"
#include "sidecar/tls/certificate.hpp"

namespace mlgateway::tls {

struct FreeContext {
  void operator()(SSL_CTX* context) const;
};

// Immutable, and safe from any thread. Outlives the handshakes that began with it.
class ServerContexts {
 public:
  // At least one; who names no host, or one that none is for, is shown the first.
  explicit ServerContexts(std::vector<Certificate> certificates);
  ServerContexts(const ServerContexts&) = delete;
  ServerContexts& operator=(const ServerContexts&) = delete;

  // What a connection begins with; the certificate follows from the name that the caller asks for (RFC 6066).
  SSL_CTX* first() const { return entries_.front().context.get(); }

 private:
  struct Entry {
    Certificate certificate;
    std::unique_ptr<SSL_CTX, FreeContext> context;
  };

  static int choose(SSL* session, int* alert, void* self);

  std::vector<Entry> entries_;
};

}  // namespace mlgateway::tls
