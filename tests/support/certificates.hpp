// Certificates of a test's own, made in memory.
#pragma once

#include <memory>
#include <string>

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace mlgateway::testing_support {

struct Pair {
  std::string certificate, key;  // PEM
};

// An authority that signs certificates, for servers and for clients.
class Authority {
 public:
  explicit Authority(const std::string& name) : name_(name), key_(EVP_EC_gen("P-256"), EVP_PKEY_free) {
    self_ = make(name, key_.get(), {{NID_basic_constraints, "critical,CA:TRUE"}, {NID_key_usage, "keyCertSign"}});
  }

  std::string certificate() const { return pem(self_.get()); }

  // `subject` as OpenSSL's configuration writes subjectAltName; the certificate is good for so many days from now on.
  Pair issue(const std::string& name, const char* subject = "IP:127.0.0.1,DNS:localhost", int days = 1) const {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const auto made = make(name, key.get(), {{NID_subject_alt_name, subject}}, days);
    const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), BIO_free);
    PEM_write_bio_PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    return {pem(made.get()), text(out.get())};
  }

 private:
  using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
  struct Extension {
    int nid;
    const char* value;
  };

  static std::string text(BIO* bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return {data, static_cast<std::size_t>(size)};
  }

  static std::string pem(X509* certificate) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), BIO_free);
    PEM_write_bio_X509(out.get(), certificate);
    return text(out.get());
  }

  static void put_name(X509_NAME* to, const std::string& name) {
    X509_NAME_add_entry_by_txt(to, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(name.data()),
                               static_cast<int>(name.size()), -1, 0);
  }

  Certificate make(const std::string& name, EVP_PKEY* key, std::initializer_list<Extension> extensions,
                   int days = 1) const {
    Certificate made(X509_new(), X509_free);
    X509_set_version(made.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), static_cast<long>(std::hash<std::string>()(name) >> 33));
    X509_gmtime_adj(X509_getm_notBefore(made.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), days * 86400L);
    put_name(X509_get_subject_name(made.get()), name);
    put_name(X509_get_issuer_name(made.get()), name_);
    X509_set_pubkey(made.get(), key);
    for (const Extension& wanted : extensions) {
      X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, wanted.nid, wanted.value);
      X509_add_ext(made.get(), extension, -1);
      X509_EXTENSION_free(extension);
    }
    X509_sign(made.get(), key_.get(), EVP_sha256());
    return made;
  }

  std::string name_;
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
  Certificate self_{nullptr, X509_free};
};

}  // namespace mlgateway::testing_support
