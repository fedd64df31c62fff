// Somebody who signs tokens: a fresh key of any kind, its JWK, and tokens with whatever header a test wants.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "sidecar/jose/algorithm.hpp"

namespace mlgateway::jose {

inline std::string encode_base64url(std::string_view bytes) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text;
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char c : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    for (held += 8; held >= 6; held -= 6) text += kAlphabet[bits >> (held - 6) & 63];
  }
  if (held > 0) text += kAlphabet[bits << (6 - held) & 63];
  return text;
}

class Signer {
 public:
  explicit Signer(Algorithm algorithm, std::string id = "k1", int rsa_bits = 2048)
      : algorithm_(algorithm), id_(std::move(id)), key_(generate(algorithm, rsa_bits), EVP_PKEY_free) {}

  Algorithm algorithm() const { return algorithm_; }
  std::string header() const { return R"({"alg":")" + std::string(name(algorithm_)) + R"(","kid":")" + id_ + R"("})"; }
  std::string token(std::string_view payload) const { return token(header(), payload); }
  std::string token(std::string_view header, std::string_view payload) const {
    const std::string input = encode_base64url(header) + "." + encode_base64url(payload);
    return input + "." + encode_base64url(sign(input));
  }

  // `more` is put into the object, e.g. `,"use":"enc"`.
  std::string jwk(std::string_view more = "") const {
    return "{" + public_members() + R"(,"kid":")" + id_ + R"(")" + std::string(more) + "}";
  }
  std::string key_set(std::string_view more = "") const { return R"({"keys":[)" + jwk(more) + "]}"; }

  std::string public_members() const {
    switch (key_type_of(algorithm_)) {
      case KeyType::Rsa: return R"("kty":"RSA","n":")" + number("n") + R"(","e":")" + number("e") + R"(")";
      case KeyType::Ed25519: return R"("kty":"OKP","crv":"Ed25519","x":")" + raw() + R"(")";
      default: break;
    }
    const auto [curve, size] = this->curve();
    return R"("kty":"EC","crv":")" + curve + R"(","x":")" + number("qx", size) + R"(","y":")" + number("qy", size) +
           R"(")";
  }

  std::string sign(const std::string& input) const {
    const auto* const bytes = reinterpret_cast<const unsigned char*>(input.data());
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    EVP_PKEY_CTX* options = nullptr;
    EVP_DigestSignInit(context.get(), &options, hash(), nullptr, key_.get());
    if (name(algorithm_).starts_with("PS")) {
      EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING);
      EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST);
    }
    std::size_t size = 0;
    EVP_DigestSign(context.get(), nullptr, &size, bytes, input.size());
    std::string signature(size, '\0');
    EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes, input.size());
    signature.resize(size);
    return name(algorithm_).starts_with("ES") ? raw_of(signature) : signature;
  }

 private:
  static EVP_PKEY* generate(Algorithm algorithm, int rsa_bits) {
    switch (key_type_of(algorithm)) {
      case KeyType::Rsa: return EVP_RSA_gen(static_cast<unsigned>(rsa_bits));
      case KeyType::P256: return EVP_EC_gen("P-256");
      case KeyType::P384: return EVP_EC_gen("P-384");
      case KeyType::P521: return EVP_EC_gen("P-521");
      case KeyType::Ed25519: break;
    }
    return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  }

  const EVP_MD* hash() const {
    if (algorithm_ == Algorithm::EdDSA) return nullptr;
    const std::string_view bits = name(algorithm_).substr(2);
    return bits == "256" ? EVP_sha256() : bits == "384" ? EVP_sha384() : EVP_sha512();
  }

  std::pair<std::string, int> curve() const {
    if (algorithm_ == Algorithm::ES256) return {"P-256", 32};
    return algorithm_ == Algorithm::ES384 ? std::pair<std::string, int>{"P-384", 48} : std::pair{"P-521", 66};
  }

  std::string number(const char* parameter, int size = 0) const {
    BIGNUM* value = nullptr;
    EVP_PKEY_get_bn_param(key_.get(), parameter, &value);
    std::string bytes(static_cast<std::size_t>(size > 0 ? size : BN_num_bytes(value)), '\0');
    BN_bn2binpad(value, reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    BN_free(value);
    return encode_base64url(bytes);
  }

  std::string raw() const {
    std::string bytes(32, '\0');
    std::size_t size = bytes.size();
    EVP_PKEY_get_raw_public_key(key_.get(), reinterpret_cast<unsigned char*>(bytes.data()), &size);
    return encode_base64url(bytes);
  }

  std::string raw_of(const std::string& der) const {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    ECDSA_SIG* const signature = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()));
    const int size = curve().second;
    std::string bytes(static_cast<std::size_t>(2 * size), '\0');
    auto* const out = reinterpret_cast<unsigned char*>(bytes.data());
    BN_bn2binpad(ECDSA_SIG_get0_r(signature), out, size);
    BN_bn2binpad(ECDSA_SIG_get0_s(signature), out + size, size);
    ECDSA_SIG_free(signature);
    return bytes;
  }

  Algorithm algorithm_;
  std::string id_;
  std::shared_ptr<EVP_PKEY> key_;
};

}  // namespace mlgateway::jose
