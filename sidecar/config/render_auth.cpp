#include "sidecar/config/digest.hpp"
#include "sidecar/config/names.hpp"
#include "sidecar/config/render_parts.hpp"

namespace mlgateway::config {
namespace {

Json write_key_header(const KeyHeader& header) { return {{"name", header.name}, {"scheme", header.scheme}}; }

Json write_key(const ApiKey& key) { return {{"name", key.name}, {"digest", to_hex(key.digest)}}; }

Json write_key_set(const KeySet& set) {
  Json written = {{"secret", set.secret}, {"tenant", set.tenant}, {"labels", write_labels(set.labels)}};
  if (set.expires) written["expires"] = *set.expires;
  written["keys"] = list(set.keys, write_key);
  return written;
}

Json write_remote_keys(const RemoteKeys& remote) {
  return {{"url", remote.url},
          {"discovery", remote.discovery},
          {"intervalMs", remote.interval.count()},
          {"staleWhileErrorMs", remote.stale_while_error.count()},
          {"timeoutMs", remote.timeout.count()},
          {"ca", remote.ca}};
}

Json write_token_rules(const TokenRules& rules) {
  Json written = {{"issuer", rules.issuer},
                  {"audiences", texts(rules.audiences)},
                  {"algorithms", list(rules.algorithms, [](jose::Algorithm a) { return Json(jose::name(a)); })},
                  {"leewayMs", rules.leeway.count()},
                  {"principalClaim", rules.principal_claim},
                  {"tenantClaim", rules.tenant_claim},
                  {"labelClaims", write_labels(rules.label_claims)},
                  {"keys", rules.keys}};
  if (rules.remote) written["remote"] = write_remote_keys(*rules.remote);
  return written;
}

Json write_introspection(const Introspection& asked) {
  return {{"issuer", asked.issuer},
          {"url", asked.url},
          {"clientId", asked.client_id},
          {"clientSecret", asked.client_secret},
          {"authentication", name_of(kClientAuthentications, asked.authentication)},
          {"audiences", texts(asked.audiences)},
          {"timeoutMs", asked.timeout.count()},
          {"rememberMs", asked.remember.count()},
          {"rememberRefusedMs", asked.remember_refused.count()},
          {"ca", asked.ca},
          {"principalClaim", asked.principal_claim},
          {"tenantClaim", asked.tenant_claim},
          {"labelClaims", write_labels(asked.label_claims)}};
}

}  // namespace

Json write_identity_header(const IdentityHeader& header) {
  return {{"name", header.name}, {"value", name_of(kIdentityParts, header.value)}};
}

Json write_method(const AuthMethod& method) {
  Json written = {{"name", method.name},
                  {"type", name_of(kAuthTypes, method.type)},
                  {"headers", list(method.headers, write_key_header)},
                  {"keySets", list(method.key_sets, write_key_set)}};
  if (method.jwt) written["jwt"] = write_token_rules(*method.jwt);
  if (method.introspection) written["introspection"] = write_introspection(*method.introspection);
  return written;
}

}  // namespace mlgateway::config
