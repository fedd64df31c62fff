#include "operator/webhook/authority.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <memory>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "sidecar/tls/certificate.hpp"

namespace mlgateway::webhook {
namespace {

template <auto kFree>
struct Free {
  template <class T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using Bio = std::unique_ptr<BIO, Free<BIO_free>>;
using Store = std::unique_ptr<X509_STORE, Free<X509_STORE_free>>;
using StoreContext = std::unique_ptr<X509_STORE_CTX, Free<X509_STORE_CTX_free>>;
using Number = std::unique_ptr<BIGNUM, Free<BN_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Free<X509_EXTENSION_free>>;
using Certificate = std::unique_ptr<X509, tls::FreeCertificate>;
using Key = std::unique_ptr<EVP_PKEY, tls::FreeKey>;

constexpr auto kClockSkew = std::chrono::minutes(5);
// RFC 5280 section 4.1.2.2 allows twenty octets; CAs use at least 64 random bits.
constexpr int kSerialBits = 127;

Error failed(const char* what) {
  ERR_clear_error();
  return Error(Reason::Internal, std::string("OpenSSL cannot ") + what);
}

bool add_extension(X509* certificate, X509V3_CTX* context, int nid, const std::string& value) {
  const Extension extension(X509V3_EXT_conf_nid(nullptr, context, nid, value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

std::string random_hex() {
  unsigned char bytes[8];
  if (RAND_bytes(bytes, sizeof bytes) != 1) return "";
  std::string text;
  for (const unsigned char byte : bytes) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

bool set_name(X509_NAME* name, const std::string& common_name) {
  const auto* text = reinterpret_cast<const unsigned char*>(common_name.c_str());
  return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, text, -1, -1, 0) == 1;
}

// All but issuer, extensions and signature.
Certificate outline(EVP_PKEY* key, const std::string& common_name, WallTime now, WallTime until) {
  Certificate made(X509_new());
  const Number serial(BN_new());
  const std::time_t from = std::chrono::system_clock::to_time_t(now - kClockSkew);
  const std::time_t end = std::chrono::system_clock::to_time_t(until);
  const bool done = made && serial && X509_set_version(made.get(), X509_VERSION_3) == 1 &&
                    BN_rand(serial.get(), kSerialBits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
                    BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(made.get())) != nullptr &&
                    ASN1_TIME_set(X509_getm_notBefore(made.get()), from) != nullptr &&
                    ASN1_TIME_set(X509_getm_notAfter(made.get()), end) != nullptr &&
                    X509_set_pubkey(made.get(), key) == 1 && set_name(X509_get_subject_name(made.get()), common_name);
  return done ? std::move(made) : nullptr;
}

std::string text_of(const Bio& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

Result<Pair> to_pem(X509* certificate, EVP_PKEY* key) {
  const Bio first(BIO_new(BIO_s_mem()));
  const Bio second(BIO_new(BIO_s_mem()));
  if (!first || PEM_write_bio_X509(first.get(), certificate) != 1) return failed("write a certificate");
  if (!second || PEM_write_bio_PKCS8PrivateKey(second.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return failed("write a key");
  }
  return Pair{text_of(first), text_of(second)};
}

bool is_address(const std::string& host) {
  const std::unique_ptr<ASN1_OCTET_STRING, Free<ASN1_OCTET_STRING_free>> read(a2i_IPADDRESS(host.c_str()));
  ERR_clear_error();
  return read != nullptr;
}

// As openssl.cnf would say it; a host that could say more than itself there is none.
std::string alternative_names(const std::vector<std::string>& hosts) {
  std::string names;
  for (const std::string& host : hosts) {
    if (host.find_first_of(",:= \n") != std::string::npos && !is_address(host)) continue;
    names += (names.empty() ? "" : ",") + std::string(is_address(host) ? "IP:" : "DNS:") + host;
  }
  return names;
}

bool is_for(X509* leaf, const std::string& host) {
  if (is_address(host)) return X509_check_ip_asc(leaf, host.c_str(), 0) == 1;
  return X509_check_host(leaf, host.data(), host.size(), 0, nullptr) == 1;
}

Store store_of(const std::string& bundle) {
  Store store(X509_STORE_new());
  const Bio bio(BIO_new_mem_buf(bundle.data(), static_cast<int>(bundle.size())));
  while (bio && store) {
    const Certificate read(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (!read) break;
    X509_STORE_add_cert(store.get(), read.get());
  }
  ERR_clear_error();
  return store;
}

}  // namespace

Result<Pair> make_authority(WallTime now, WallTime until) {
  const Key key(EVP_EC_gen("P-256"));
  if (!key) return failed("make a key");
  const Certificate made = outline(key.get(), "mlgateway webhooks " + random_hex(), now, until);
  if (!made) return failed("make a certificate");
  X509V3_CTX context;
  X509V3_set_ctx(&context, made.get(), made.get(), nullptr, nullptr, 0);
  const bool done = X509_set_issuer_name(made.get(), X509_get_subject_name(made.get())) == 1 &&
                    add_extension(made.get(), &context, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
                    add_extension(made.get(), &context, NID_key_usage, "critical,keyCertSign,cRLSign") &&
                    add_extension(made.get(), &context, NID_subject_key_identifier, "hash") &&
                    X509_sign(made.get(), key.get(), EVP_sha256()) > 0;
  return done ? to_pem(made.get(), key.get()) : failed("sign an authority");
}

Result<Pair> issue(const Pair& authority, const std::vector<std::string>& hosts, WallTime now, WallTime until) {
  const auto by = tls::read_certificate(authority.certificate, authority.key);
  if (!by) return by.error();
  const Key key(EVP_EC_gen("P-256"));
  if (!key) return failed("make a key");
  // The names are in the extension alone; no verifier looks for one here any more.
  const Certificate made = outline(key.get(), "mlgateway webhooks", now, until);
  if (!made) return failed("make a certificate");
  X509V3_CTX context;
  X509V3_set_ctx(&context, by->leaf.get(), made.get(), nullptr, nullptr, 0);
  const bool done = X509_set_issuer_name(made.get(), X509_get_subject_name(by->leaf.get())) == 1 &&
                    add_extension(made.get(), &context, NID_basic_constraints, "critical,CA:FALSE") &&
                    add_extension(made.get(), &context, NID_key_usage, "critical,digitalSignature") &&
                    add_extension(made.get(), &context, NID_ext_key_usage, "serverAuth") &&
                    add_extension(made.get(), &context, NID_subject_key_identifier, "hash") &&
                    add_extension(made.get(), &context, NID_authority_key_identifier, "keyid") &&
                    add_extension(made.get(), &context, NID_subject_alt_name, alternative_names(hosts)) &&
                    X509_sign(made.get(), by->key.get(), EVP_sha256()) > 0;
  return done ? to_pem(made.get(), key.get()) : failed("sign a certificate");
}

Result<WallTime> good_until(const Pair& pair) {
  const auto read = tls::read_certificate(pair.certificate, pair.key);
  if (!read) return read.error();
  return tls::not_after(*read);
}

bool is_vouched_for(const Pair& pair, const std::string& bundle, const std::vector<std::string>& hosts, WallTime now) {
  const auto read = tls::read_certificate(pair.certificate, pair.key);
  if (!read) return false;
  const Store store = store_of(bundle);
  const StoreContext context(X509_STORE_CTX_new());
  if (!store || !context || X509_STORE_CTX_init(context.get(), store.get(), read->leaf.get(), nullptr) != 1)
    return false;
  X509_STORE_CTX_set_time(context.get(), 0, std::chrono::system_clock::to_time_t(now));
  const bool believed = X509_verify_cert(context.get()) == 1;
  ERR_clear_error();
  return believed &&
         std::all_of(hosts.begin(), hosts.end(), [&](auto& host) { return is_for(read->leaf.get(), host); });
}

}  // namespace mlgateway::webhook
