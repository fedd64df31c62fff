#include "sidecar/tls/server_contexts.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <new>
#include <utility>

#include <openssl/ssl.h>

namespace mlgateway::tls {
namespace {

// Forward secrecy and authenticated encryption, what Mozilla calls intermediate.
constexpr const char* kTls12Suites =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr const char* kGroups = "X25519:P-256:P-384";
// Sessions of one context are never taken for those of another use of it.
constexpr std::array<unsigned char, 9> kUse = {'m', 'l', 'g', 'a', 't', 'e', 'w', 'a', 'y'};

int agree(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered, unsigned int length,
          void*) {
  static constexpr std::array<unsigned char, 9> kOurs = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* found = nullptr;
  const int outcome = SSL_select_next_proto(&found, size, kOurs.data(), kOurs.size(), offered, length);
  *chosen = found;
  return outcome == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

std::unique_ptr<SSL_CTX, FreeContext> context_of(const Certificate& certificate) {
  std::unique_ptr<SSL_CTX, FreeContext> context(SSL_CTX_new(TLS_server_method()));
  if (!context) throw std::bad_alloc();
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                         SSL_OP_PRIORITIZE_CHACHA);
  SSL_CTX_set_cipher_list(context.get(), kTls12Suites);
  SSL_CTX_set1_groups_list(context.get(), kGroups);
  SSL_CTX_set_session_id_context(context.get(), kUse.data(), kUse.size());
  // Tickets hold the sessions; nothing is kept here.
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context.get(), 1);
  SSL_CTX_set_alpn_select_cb(context.get(), agree, nullptr);
  SSL_CTX_use_certificate(context.get(), certificate.leaf.get());
  SSL_CTX_use_PrivateKey(context.get(), certificate.key.get());
  for (const auto& above : certificate.chain) SSL_CTX_add1_chain_cert(context.get(), above.get());
  return context;
}

}  // namespace

void FreeContext::operator()(SSL_CTX* context) const { SSL_CTX_free(context); }

ServerContexts::ServerContexts(std::vector<Certificate> certificates) {
  for (Certificate& certificate : certificates) {
    auto context = context_of(certificate);
    entries_.push_back({std::move(certificate), std::move(context)});
  }
  SSL_CTX_set_tlsext_servername_callback(first(), choose);
  SSL_CTX_set_tlsext_servername_arg(first(), this);
}

// An unknown name is no reason to refuse: whether a route serves it is decided by the request itself.
int ServerContexts::choose(SSL* session, int*, void* self) {
  const char* const asked = SSL_get_servername(session, TLSEXT_NAMETYPE_host_name);
  if (asked == nullptr) return SSL_TLSEXT_ERR_NOACK;
  std::string host(asked);
  std::transform(host.begin(), host.end(), host.begin(), [](unsigned char c) { return std::tolower(c); });
  const auto& entries = static_cast<const ServerContexts*>(self)->entries_;
  const auto found =
      std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) { return is_for(entry.certificate, host); });
  if (found == entries.end()) return SSL_TLSEXT_ERR_NOACK;
  SSL_set_SSL_CTX(session, found->context.get());
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace mlgateway::tls
