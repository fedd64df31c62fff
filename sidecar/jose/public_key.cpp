#include "sidecar/jose/public_key.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

namespace mlgateway::jose {
namespace {

template <auto free>
struct Free {
  template <class T>
  void operator()(T* object) const {
    free(object);
  }
};
using Number = std::unique_ptr<BIGNUM, Free<BN_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Free<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Free<OSSL_PARAM_free>>;
using Context = std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>>;

constexpr std::size_t kMostExponentBits = 64;

struct Curve {
  const char* group;
  std::size_t coordinate;  // bytes
};

Curve curve_of(KeyType type) {
  if (type == KeyType::P256) return {"P-256", 32};
  return type == KeyType::P384 ? Curve{"P-384", 48} : Curve{"P-521", 66};
}

Error refusal(std::string words) { return Error(Reason::InvalidConfig, std::move(words)); }

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

Number number_of(std::string_view bytes) {
  return Number(BN_bin2bn(bytes_of(bytes), static_cast<int>(bytes.size()), nullptr));
}

// Null when the library finds that the numbers make no key.
PublicKey make_key(const char* type, OSSL_PARAM_BLD* builder) {
  const Params params(OSSL_PARAM_BLD_to_param(builder));
  const Context context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  const bool made = params && context && EVP_PKEY_fromdata_init(context.get()) == 1 &&
                    EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) == 1;
  ERR_clear_error();
  return made ? PublicKey(key, EVP_PKEY_free) : nullptr;
}

}  // namespace

Result<PublicKey> rsa_key(std::string_view modulus, std::string_view exponent) {
  // Before any arithmetic, which is slow with numbers as long as somebody likes.
  if (modulus.size() > kMostRsaBits / 8 || exponent.size() > kMostExponentBits / 8) {
    return refusal("an RSA key has at most 8192 bits and an exponent of at most 64");
  }
  const Number n = number_of(modulus);
  const Number e = number_of(exponent);
  if (!n || !e || BN_num_bits(n.get()) < kLeastRsaBits) return refusal("an RSA key has at least 2048 bits");
  if (!BN_is_odd(n.get()) || !BN_is_odd(e.get()) || BN_is_one(e.get())) {
    return refusal("an RSA key has an odd modulus and an odd exponent above 1");
  }
  const Builder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
  PublicKey key = make_key("RSA", builder.get());
  if (!key) return refusal("the numbers make no RSA key");
  return key;
}

Result<PublicKey> ec_key(KeyType type, std::string_view x, std::string_view y) {
  const Curve curve = curve_of(type);
  if (x.size() != curve.coordinate || y.size() != curve.coordinate) {
    return refusal("a coordinate on " + std::string(curve.group) + " has " + std::to_string(curve.coordinate) +
                   " bytes");
  }
  const std::string point = "\x04" + std::string(x) + std::string(y);  // uncompressed, SEC 1 section 2.3.3
  const Builder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve.group, 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
  PublicKey key = make_key("EC", builder.get());
  if (!key) return refusal("x and y are no point on " + std::string(curve.group));
  return key;
}

Result<PublicKey> ed25519_key(std::string_view bytes) {
  if (bytes.size() != 32) return refusal("a key of Ed25519 has 32 bytes");
  PublicKey key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(bytes), bytes.size()), EVP_PKEY_free);
  ERR_clear_error();
  if (!key) return refusal("the bytes are no key of Ed25519");
  return key;
}

}  // namespace mlgateway::jose
