#include "sidecar/config/digest.hpp"
#include "sidecar/config/names.hpp"
#include "sidecar/config/parse_parts.hpp"

namespace mlgateway::config {
namespace {

KeyHeader read_key_header(const JsonValue& value) {
  JsonObject object(value);
  KeyHeader header;
  header.name = object.at("name").text();
  header.scheme = object.at("scheme").text();
  object.refuse_others();
  return header;
}

ApiKey read_key(const JsonValue& value) {
  JsonObject object(value);
  ApiKey key;
  key.name = object.at("name").text();
  key.digest = read_digest(object.at("digest"));
  object.refuse_others();
  return key;
}

KeySet read_key_set(const JsonValue& value) {
  JsonObject object(value);
  KeySet set;
  set.secret = object.at("secret").text();
  set.tenant = object.at("tenant").text();
  set.labels = object.at("labels").texts_by_name();
  if (const auto expires = object.find("expires")) set.expires = expires->number<std::int64_t>();
  set.keys = object.at("keys").list(read_key);
  object.refuse_others();
  return set;
}

jose::Algorithm read_algorithm(const JsonValue& value) {
  const std::string name = value.text();
  const auto algorithm = jose::algorithm_named(name);
  if (!algorithm) value.fail("must be an asymmetric signature algorithm of JWA, is \"" + name + "\"");
  return algorithm.value_or(jose::Algorithm::RS256);
}

RemoteKeys read_remote_keys(const JsonValue& value) {
  JsonObject object(value);
  RemoteKeys remote;
  remote.url = object.at("url").text();
  remote.discovery = object.at("discovery").flag();
  remote.interval = read_milliseconds(object.at("intervalMs"));
  remote.stale_while_error = read_milliseconds(object.at("staleWhileErrorMs"));
  remote.timeout = read_milliseconds(object.at("timeoutMs"));
  remote.ca = object.at("ca").text();
  object.refuse_others();
  return remote;
}

TokenRules read_token_rules(const JsonValue& value) {
  JsonObject object(value);
  TokenRules rules;
  rules.issuer = object.at("issuer").text();
  rules.audiences = object.at("audiences").list(read_text);
  rules.algorithms = object.at("algorithms").list(read_algorithm);
  rules.leeway = read_milliseconds(object.at("leewayMs"));
  rules.principal_claim = object.at("principalClaim").text();
  rules.tenant_claim = object.at("tenantClaim").text();
  rules.label_claims = object.at("labelClaims").texts_by_name();
  rules.keys = object.at("keys").text();
  if (const auto remote = object.find("remote")) rules.remote = read_remote_keys(*remote);
  object.refuse_others();
  return rules;
}

Introspection read_introspection(const JsonValue& value) {
  JsonObject object(value);
  Introspection read;
  read.issuer = object.at("issuer").text();
  read.url = object.at("url").text();
  read.client_id = object.at("clientId").text();
  read.client_secret = object.at("clientSecret").text();
  read.authentication = object.at("authentication").one_of(kClientAuthentications);
  read.audiences = object.at("audiences").list(read_text);
  read.timeout = read_milliseconds(object.at("timeoutMs"));
  read.remember = read_milliseconds(object.at("rememberMs"));
  read.remember_refused = read_milliseconds(object.at("rememberRefusedMs"));
  read.ca = object.at("ca").text();
  read.principal_claim = object.at("principalClaim").text();
  read.tenant_claim = object.at("tenantClaim").text();
  read.label_claims = object.at("labelClaims").texts_by_name();
  object.refuse_others();
  return read;
}

}  // namespace

Digest read_digest(const JsonValue& value) {
  const auto digest = digest_from_hex(value.text());
  if (!digest) value.fail("must be a SHA-256 digest in 64 hexadecimal digits");
  return digest.value_or(Digest{});
}

IdentityHeader read_identity_header(const JsonValue& value) {
  JsonObject object(value);
  IdentityHeader header;
  header.name = object.at("name").text();
  header.value = object.at("value").one_of(kIdentityParts);
  object.refuse_others();
  return header;
}

AuthMethod read_method(const JsonValue& value) {
  JsonObject object(value);
  AuthMethod method;
  method.name = object.at("name").text();
  method.type = object.at("type").one_of(kAuthTypes);
  method.headers = object.at("headers").list(read_key_header);
  method.key_sets = object.at("keySets").list(read_key_set);
  if (const auto jwt = object.find("jwt")) method.jwt = read_token_rules(*jwt);
  if (const auto asked = object.find("introspection")) method.introspection = read_introspection(*asked);
  object.refuse_others();
  return method;
}

}  // namespace mlgateway::config
