#include "sidecar/auth/authenticator.hpp"

#include <algorithm>
#include <chrono>

#include "sidecar/config/digest.hpp"

namespace mlgateway::auth {
namespace {

// The key in a field's value, or nothing when the value has another scheme: `scheme SP key` (RFC 9110 11.4).
std::optional<std::string_view> key_in(std::string_view value, std::string_view scheme) {
  if (scheme.empty()) return value;
  if (value.size() <= scheme.size() || value[scheme.size()] != ' ') return std::nullopt;
  if (!http::equals_ignoring_case(value.substr(0, scheme.size()), scheme)) return std::nullopt;
  value.remove_prefix(scheme.size());
  return value.substr(std::min(value.find_first_not_of(' '), value.size()));
}

// In seconds: a far expiry would overflow the clock's own unit.
bool expired(const config::KeySet& set, WallTime now) {
  return set.expires && std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count() >= *set.expires;
}

}  // namespace

Authenticator::Authenticator(const config::Route& route) : route_(route), keys_(route.auth) {
  for (std::size_t i = 0; i < route.auth.size(); ++i) {
    const config::AuthMethod& method = route.auth[i];
    if (method.type == config::AuthType::Anonymous) {
      anonymous_ = &method;
      continue;
    }
    only_anonymous_ = false;
    for (const config::KeyHeader& header : method.headers) carriers_.push_back({&header, i});
  }
}

Result<Principal> Authenticator::identify(std::span<const http::Field> fields, WallTime now) const {
  const Principal nobody{.method = anonymous_ ? anonymous_->name : std::string_view(), .anonymous = true};
  if (anonymous_ != nullptr && only_anonymous_) return nobody;
  const http::Field* credential = nullptr;
  for (const http::Field& field : fields) {
    if (field.id != http::FieldId::Authorization && !carries_keys(field.name)) continue;
    if (credential != nullptr) return Error(Reason::CredentialAmbiguous, "two credentials in one request");
    credential = &field;
  }
  if (credential != nullptr) return verify(*credential, now);
  if (anonymous_ != nullptr) return nobody;
  return Error(Reason::CredentialMissing, "no credential in the request");
}

Result<Principal> Authenticator::verify(const http::Field& credential, WallTime now) const {
  std::string_view looked_up;
  const KeyTable::Entry* entry = nullptr;
  for (const Carrier& carrier : carriers_) {
    if (!http::equals_ignoring_case(carrier.header->name, credential.name)) continue;
    const auto key = key_in(credential.value, carrier.header->scheme);
    if (!key || key->empty()) continue;
    if (*key != looked_up) entry = keys_.find(config::sha256(*key));
    looked_up = *key;
    if (entry == nullptr || entry->method != carrier.method) continue;
    if (expired(*entry->set, now)) return Error(Reason::CredentialExpired, "the Secret of the key has expired");
    return Principal{.method = route_.auth[entry->method].name,
                     .issuer = entry->set->secret,
                     .name = entry->key->name,
                     .tenant = entry->set->tenant,
                     .labels = &entry->set->labels};
  }
  return Error(Reason::CredentialInvalid, "no method of the route knows this scheme and key");
}

bool Authenticator::carries_keys(std::string_view name) const {
  for (const Carrier& carrier : carriers_) {
    if (http::equals_ignoring_case(carrier.header->name, name)) return true;
  }
  return false;
}

bool Authenticator::is_credential(const http::Field& field) const {
  return field.id == http::FieldId::Authorization || field.id == http::FieldId::ProxyAuthorization ||
         carries_keys(field.name);
}

}  // namespace mlgateway::auth
