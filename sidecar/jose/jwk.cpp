#include "sidecar/jose/jwk.hpp"

#include <algorithm>

#include "sidecar/jose/base64url.hpp"
#include "sidecar/jose/strict_json.hpp"

namespace mlgateway::jose {
namespace {

using Json = nlohmann::json;

// RFC 7518 sections 6.2.2 and 6.3.2, RFC 8037 section 2.
constexpr const char* kPrivateMembers[] = {"d", "p", "q", "dp", "dq", "qi", "oth"};

// The bytes of a member; nothing when it is missing or not base64url.
std::optional<std::string> bytes_member(const Json& object, const char* name) {
  const std::string* const text = text_member(object, name);
  return text ? decode_base64url(*text) : std::nullopt;
}

// Whether the key says that it is for something else than verifying signatures (RFC 7517 sections 4.2 and 4.3).
bool is_for_something_else(const Json& object) {
  const auto use = object.find("use");
  if (use != object.end() && *use != "sig") return true;
  const auto operations = object.find("key_ops");
  if (operations == object.end()) return false;
  return !operations->is_array() || std::find(operations->begin(), operations->end(), "verify") == operations->end();
}

std::optional<KeyType> curve_named(const std::string& name) {
  if (name == "P-256") return KeyType::P256;
  if (name == "P-384") return KeyType::P384;
  return name == "P-521" ? std::optional(KeyType::P521) : std::nullopt;
}

struct TypedKey {
  KeyType type;
  PublicKey key;
};

Result<TypedKey> with_type(KeyType type, Result<PublicKey> made) {
  if (!made) return made.error();
  return TypedKey{type, std::move(*made)};
}

Error unusable(std::string words) { return Error(Reason::InvalidConfig, std::move(words)); }

Result<TypedKey> key_of(const Json& object) {
  const std::string* const type = text_member(object, "kty");
  if (type == nullptr) return unusable("has no `kty`");
  const std::string* const curve = text_member(object, "crv");
  if (*type == "RSA") {
    const auto modulus = bytes_member(object, "n");
    const auto exponent = bytes_member(object, "e");
    if (!modulus || !exponent) return unusable("`n` and `e` of an RSA key must be base64url");
    return with_type(KeyType::Rsa, rsa_key(*modulus, *exponent));
  }
  const auto x = bytes_member(object, "x");
  if (*type == "EC") {
    const auto known = curve ? curve_named(*curve) : std::nullopt;
    if (!known) return unusable("`crv` of an EC key must be P-256, P-384 or P-521");
    const auto y = bytes_member(object, "y");
    if (!x || !y) return unusable("`x` and `y` of an EC key must be base64url");
    return with_type(*known, ec_key(*known, *x, *y));
  }
  if (*type != "OKP" || curve == nullptr || *curve != "Ed25519") return unusable("is of a type that is not known");
  if (!x) return unusable("`x` of an OKP key must be base64url");
  return with_type(KeyType::Ed25519, ed25519_key(*x));
}

}  // namespace

bool fits(const Jwk& key, Algorithm algorithm) {
  return key.type == key_type_of(algorithm) && key.algorithm.value_or(algorithm) == algorithm;
}

Result<std::variant<Jwk, Unusable>> read_jwk(const Json& object) {
  using Read = std::variant<Jwk, Unusable>;
  if (!object.is_object()) return Read(Unusable{"is not an object"});
  for (const char* member : kPrivateMembers) {
    if (object.contains(member)) {
      return Error(Reason::InvalidConfig, "has the private member `" + std::string(member) +
                                              "`: whoever could read it can sign, so this key must be replaced");
    }
  }
  if (is_for_something_else(object)) return Read(Unusable{"is not for verifying signatures"});
  Jwk jwk;
  if (object.contains("kid")) {
    const std::string* const id = text_member(object, "kid");
    if (id == nullptr) return Read(Unusable{"`kid` must be a string"});
    jwk.id = *id;
  }
  if (object.contains("alg")) {
    const std::string* const algorithm = text_member(object, "alg");
    jwk.algorithm = algorithm ? algorithm_named(*algorithm) : std::nullopt;
    if (!jwk.algorithm) return Read(Unusable{"`alg` is no signature algorithm that is known"});
  }
  auto made = key_of(object);
  if (!made) return Read(Unusable{made.error().message});
  jwk.type = made->type;
  jwk.key = std::move(made->key);
  if (jwk.algorithm && !fits(jwk, *jwk.algorithm)) return Read(Unusable{"`alg` is not for keys of this type"});
  return Read(std::move(jwk));
}

}  // namespace mlgateway::jose
