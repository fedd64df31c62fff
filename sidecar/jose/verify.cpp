#include "sidecar/jose/verify.hpp"

#include <algorithm>
#include <memory>

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

namespace mlgateway::jose {
namespace {

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
struct FreeSignature {
  void operator()(ECDSA_SIG* signature) const { ECDSA_SIG_free(signature); }
};

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

// Null for EdDSA, which hashes by itself.
const EVP_MD* hash_of(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::RS256:
    case Algorithm::PS256:
    case Algorithm::ES256: return EVP_sha256();
    case Algorithm::RS384:
    case Algorithm::PS384:
    case Algorithm::ES384: return EVP_sha384();
    case Algorithm::RS512:
    case Algorithm::PS512:
    case Algorithm::ES512: return EVP_sha512();
    case Algorithm::EdDSA: break;
  }
  return nullptr;
}

bool is_pss(Algorithm algorithm) { return algorithm >= Algorithm::PS256 && algorithm <= Algorithm::PS512; }

// The length of R and of S; 0 when the algorithm is not ECDSA.
std::size_t coordinate_of(Algorithm algorithm) {
  if (algorithm == Algorithm::ES256) return 32;
  if (algorithm == Algorithm::ES384) return 48;
  return algorithm == Algorithm::ES512 ? 66 : 0;
}

// R and S one after the other become the DER that the library wants; empty when the length is not theirs.
std::string der_of(std::string_view raw, std::size_t coordinate) {
  if (raw.size() != 2 * coordinate) return {};
  const std::unique_ptr<ECDSA_SIG, FreeSignature> signature(ECDSA_SIG_new());
  const int size = static_cast<int>(coordinate);
  BIGNUM* const r = BN_bin2bn(bytes_of(raw), size, nullptr);
  BIGNUM* const s = BN_bin2bn(bytes_of(raw) + coordinate, size, nullptr);
  ECDSA_SIG_set0(signature.get(), r, s);  // takes both
  unsigned char* der = nullptr;
  const int length = i2d_ECDSA_SIG(signature.get(), &der);
  if (length <= 0) return {};
  std::string text(reinterpret_cast<const char*>(der), static_cast<std::size_t>(length));
  OPENSSL_free(der);
  return text;
}

bool is_signature(EVP_PKEY* key, Algorithm algorithm, std::string_view input, std::string_view signature) {
  const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* options = nullptr;  // the context's own
  if (EVP_DigestVerifyInit(context.get(), &options, hash_of(algorithm), nullptr, key) != 1) return false;
  if (is_pss(algorithm) && (EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) != 1 ||
                            EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) != 1)) {
    return false;
  }
  return EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(input), input.size()) == 1;
}

bool may_be_by(const Jwk& key, const SignedToken& token) {
  return fits(key, token.algorithm) && (!key.id || !token.key_id || *key.id == *token.key_id);
}

}  // namespace

bool verify(const PublicKey& key, Algorithm algorithm, std::string_view input, std::string_view signature) {
  const std::size_t coordinate = coordinate_of(algorithm);
  const std::string der = coordinate > 0 ? der_of(signature, coordinate) : std::string();
  if (coordinate > 0 && der.empty()) return false;
  const bool good = is_signature(key.get(), algorithm, input, coordinate > 0 ? der : signature);
  ERR_clear_error();
  return good;
}

Status verify(const SignedToken& token, const KeySet& keys) {
  std::size_t tries = 0;
  for (const Jwk& key : keys.keys) {
    if (!may_be_by(key, token)) continue;
    if (++tries > kMostTries) break;
    if (verify(key.key, token.algorithm, token.signing_input, token.signature)) return Done{};
  }
  if (tries == 0) return Error(Reason::TokenKeyUnknown, "no key of the issuer fits the token's `kid` and `alg`");
  return Error(Reason::TokenSignatureInvalid, "no key of the issuer has made the signature");
}

}  // namespace mlgateway::jose
