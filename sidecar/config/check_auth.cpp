#include <algorithm>
#include <array>
#include <set>

#include "sidecar/config/check_route.hpp"
#include "sidecar/config/syntax.hpp"

namespace mlgateway::config {
namespace {

constexpr std::size_t kMaxName = 253;
constexpr std::size_t kMaxEntry = 1024;

// A credential is kept from the model, and these fields are what HTTP or the gateway itself needs there.
constexpr std::array<std::string_view, 11> kNoCredentials = {
    "connection", "content-length", "content-type",      "expect",  "host",         "keep-alive",
    "te",         "trailer",        "transfer-encoding", "upgrade", "x-request-id",
};

bool may_carry_keys(std::string_view name) {
  return is_lower_token(name, 256) &&
         std::find(kNoCredentials.begin(), kNoCredentials.end(), name) == kNoCredentials.end();
}

void check_key_headers(const AuthMethod& method, const Place& where, FirstFault& fault) {
  fault.unless_between<std::size_t>(1, 8, where, method.headers.size());
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < method.headers.size(); ++i) {
    const KeyHeader& header = method.headers[i];
    const Place place = where[i];
    fault.unless(may_carry_keys(header.name), place / "name",
                 "must be the lower-case name of a field that neither HTTP nor the gateway needs");
    fault.unless(names.insert(header.name).second, place / "name", "is there twice");
    fault.unless(header.scheme.empty() || is_token(header.scheme, 64), place / "scheme", "must be a token or empty");
  }
}

void check_key_set(const KeySet& set, const Place& where, std::set<Digest>& seen, FirstFault& fault) {
  fault.unless(is_visible(set.secret, kMaxName), where / "secret", "must be 1 to 253 visible characters");
  fault.unless(is_text(set.tenant, kMaxName), where / "tenant", "must be text of at most 253 bytes");
  check_labels(set.labels, where / "labels", fault);
  const Place keys = where / "keys";
  for (std::size_t i = 0; i < set.keys.size(); ++i) {
    const Place place = keys[i];
    const std::string& name = set.keys[i].name;
    fault.unless(!name.empty() && is_text(name, kMaxEntry), place / "name", "must be text of 1 to 1024 bytes");
    fault.unless(seen.insert(set.keys[i].digest).second, place / "digest", "another caller of this route has this key");
  }
}

void check_method(const AuthMethod& method, const Place& where, std::set<Digest>& seen, FirstFault& fault) {
  fault.unless(is_dns_label(method.name, 63), where / "name", "must be a DNS-1035 label of at most 63 characters");
  const Place headers = where / "headers";
  const Place key_sets = where / "keySets";
  const bool has_tokens = method.type == AuthType::JWT;
  const bool asks = method.type == AuthType::Introspection;
  fault.unless(method.jwt.has_value() == has_tokens, where / "jwt", "must be set with type JWT, and only with it");
  fault.unless(method.introspection.has_value() == asks, where / "introspection",
               "must be set with type Introspection, and only with it");
  fault.unless(!has_tokens || method.key_sets.empty(), key_sets, "must be empty with type JWT");
  fault.unless(!asks || method.key_sets.empty(), key_sets, "must be empty with type Introspection");
  if (method.jwt) check_token_rules(*method.jwt, where / "jwt", fault);
  if (method.introspection) check_introspection(*method.introspection, where / "introspection", fault);
  if (method.type == AuthType::Anonymous) {
    fault.unless(method.headers.empty(), headers, "must be empty with type Anonymous");
    fault.unless(method.key_sets.empty(), key_sets, "must be empty with type Anonymous");
    return;
  }
  check_key_headers(method, headers, fault);
  for (std::size_t i = 0; i < method.key_sets.size(); ++i) check_key_set(method.key_sets[i], key_sets[i], seen, fault);
}

}  // namespace

void check_auth(const Route& route, const Place& where, FirstFault& fault) {
  const Place auth = where / "auth";
  fault.unless_between<std::size_t>(1, 8, auth, route.auth.size());
  std::set<std::string_view> names;
  std::set<std::string_view> issuers;
  std::set<Digest> digests;
  bool anonymous = false;
  bool asks = false;
  for (std::size_t i = 0; i < route.auth.size(); ++i) {
    const Place place = auth[i];
    check_method(route.auth[i], place, digests, fault);
    fault.unless(names.insert(route.auth[i].name).second, place / "name", "another method has this name");
    const bool issues = route.auth[i].jwt.has_value();
    fault.unless(!issues || issuers.insert(route.auth[i].jwt->issuer).second, place / "jwt" / "issuer",
                 "another method has this issuer");
    // A token that says nothing of its issuer says nothing of who should be asked either.
    fault.unless(!asks || !route.auth[i].introspection, place / "type", "at most one method may be Introspection");
    asks = asks || route.auth[i].introspection;
    if (route.auth[i].type != AuthType::Anonymous) continue;
    fault.unless(!anonymous, place / "type", "at most one method may be Anonymous");
    anonymous = true;
  }
}

}  // namespace mlgateway::config
