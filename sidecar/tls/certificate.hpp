// A certificate to be shown to callers, with the chain that vouches for it and its private key, as PEM (RFC 7468).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <openssl/types.h>

#include "sidecar/base/clock.hpp"
#include "sidecar/base/result.hpp"

namespace mlgateway::tls {

struct FreeCertificate {
  void operator()(X509* certificate) const;
};
struct FreeKey {
  void operator()(EVP_PKEY* key) const;
};

struct Certificate {
  std::unique_ptr<X509, FreeCertificate> leaf;
  std::vector<std::unique_ptr<X509, FreeCertificate>> chain;  // above the leaf, in the order of the text
  std::unique_ptr<EVP_PKEY, FreeKey> key;
};

// `chain` begins with the certificate itself. InvalidConfig when either cannot be read, when the key is another's, is
// encrypted, or is weaker than what TLS 1.2 clients accept (RSA below 2048 bits). The words never show the key.
Result<Certificate> read_certificate(std::string_view chain, std::string_view key);

// The DNS names that it is good for (RFC 6125), lower case; wildcards as they stand.
std::vector<std::string> names_of(const Certificate& certificate);
// The last moment at which it is good.
WallTime not_after(const Certificate& certificate);

// Whether a caller who asks for `host` (lower case) would accept it.
bool is_for(const Certificate& certificate, const std::string& host);

}  // namespace mlgateway::tls
