#include "sidecar/tls/certificate.hpp"

#include <algorithm>
#include <cctype>
#include <ctime>
#include <utility>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace mlgateway::tls {
namespace {

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};

constexpr int kLeastRsaBits = 2048;
// More than any authority hands out, and enough to bound the work of a handshake.
constexpr std::size_t kMostInChain = 10;

std::unique_ptr<BIO, FreeBio> reader_of(std::string_view text) {
  return std::unique_ptr<BIO, FreeBio>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// Nobody is asked for the password of a key that has one.
int no_password(char*, int, int, void*) { return -1; }

Error bad(const char* words) {
  ERR_clear_error();
  return Error(Reason::InvalidConfig, words);
}

}  // namespace

void FreeCertificate::operator()(X509* certificate) const { X509_free(certificate); }
void FreeKey::operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }

Result<Certificate> read_certificate(std::string_view chain, std::string_view key) {
  Certificate read;
  const auto certificates = reader_of(chain);
  read.leaf.reset(PEM_read_bio_X509(certificates.get(), nullptr, no_password, nullptr));
  if (!read.leaf) return bad("the certificate is not PEM");
  while (X509* const above = PEM_read_bio_X509(certificates.get(), nullptr, no_password, nullptr)) {
    read.chain.emplace_back(above);
    if (read.chain.size() > kMostInChain) return bad("there are more than 10 certificates above the first");
  }
  const bool is_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  if (!is_end) return bad("the chain has a certificate that is not PEM");
  ERR_clear_error();
  const auto keys = reader_of(key);
  read.key.reset(PEM_read_bio_PrivateKey(keys.get(), nullptr, no_password, nullptr));
  if (!read.key) return bad("the private key is not PEM, or is encrypted");
  if (X509_check_private_key(read.leaf.get(), read.key.get()) != 1) {
    return bad("the private key is not that of the certificate");
  }
  if (EVP_PKEY_is_a(read.key.get(), "RSA") == 1 && EVP_PKEY_get_bits(read.key.get()) < kLeastRsaBits) {
    return bad("the RSA key has fewer than 2048 bits");
  }
  return read;
}

std::vector<std::string> names_of(const Certificate& certificate) {
  std::vector<std::string> names;
  auto* const all =
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate.leaf.get(), NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; i < sk_GENERAL_NAME_num(all); ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(all, i);
    if (name->type != GEN_DNS) continue;
    const unsigned char* const text = ASN1_STRING_get0_data(name->d.dNSName);
    std::string& lower = names.emplace_back(reinterpret_cast<const char*>(text),
                                            static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName)));
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  }
  GENERAL_NAMES_free(all);
  return names;
}

WallTime not_after(const Certificate& certificate) {
  std::tm moment{};
  ASN1_TIME_to_tm(X509_get0_notAfter(certificate.leaf.get()), &moment);
  return std::chrono::system_clock::from_time_t(timegm(&moment));
}

bool is_for(const Certificate& certificate, const std::string& host) {
  return X509_check_host(certificate.leaf.get(), host.data(), host.size(), X509_CHECK_FLAG_NEVER_CHECK_SUBJECT,
                         nullptr) == 1;
}

}  // namespace mlgateway::tls
