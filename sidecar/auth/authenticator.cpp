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

Error too_many_failures() {
  return Error(Reason::TooManyFailures, "so many credentials of this address were refused that none is verified");
}

// In seconds: a far expiry would overflow the clock's own unit.
bool expired(const config::KeySet& set, WallTime now) {
  return set.expires && std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count() >= *set.expires;
}

}  // namespace

Authenticator::Authenticator(const config::Route& route, Tokens& shared)
    : route_(route),
      keys_(route.auth),
      tokens_(route, shared),
      shared_(shared),
      introspection_(introspection_rules(route)) {
  // A value that may be all of them is looked up as a key first, and its provider is asked last.
  for (const auto type : {config::AuthType::APIKey, config::AuthType::JWT, config::AuthType::Introspection}) {
    for (std::size_t i = 0; i < route.auth.size(); ++i) {
      if (route.auth[i].type != type) continue;
      only_anonymous_ = false;
      for (const config::KeyHeader& header : route.auth[i].headers) carriers_.push_back({&header, i});
    }
  }
  for (const config::AuthMethod& method : route.auth) {
    if (method.type == config::AuthType::Anonymous) anonymous_ = &method;
  }
}

Result<Principal> Authenticator::identify(std::span<const http::Field> fields, WallTime now, Inquiry& inquiry) const {
  const Principal nobody{.method = anonymous_ ? anonymous_->name : std::string_view(), .anonymous = true};
  if (anonymous_ != nullptr && only_anonymous_) return nobody;
  const http::Field* credential = nullptr;
  for (const http::Field& field : fields) {
    if (field.id != http::FieldId::Authorization && !is_carrier(field.name)) continue;
    if (credential != nullptr) return Error(Reason::CredentialAmbiguous, "two credentials in one request");
    credential = &field;
  }
  if (credential != nullptr) return verify(*credential, now, inquiry);
  if (anonymous_ != nullptr) return nobody;
  return Error(Reason::CredentialMissing, "no credential in the request");
}

Result<Principal> Authenticator::verify(const http::Field& credential, WallTime now, Inquiry& inquiry) const {
  Presented presented;
  for (std::size_t next = 0; const Carrier* carrier = read(credential, next, presented);) {
    const config::AuthType type = route_.auth[carrier->method].type;
    if (type == config::AuthType::Introspection) {
      if (!may_be_introspected(presented.text)) continue;
      auto verdict = introspected(presented, now, inquiry);
      if (!verdict) return verdict.error();
      return of_token(std::move(*verdict));
    }
    if (type == config::AuthType::APIKey) {
      const KeyTable::Entry* const entry = keys_.find(presented.digest);
      if (entry != nullptr && entry->method == carrier->method) return of_key(*entry, now);
      continue;
    }
    IdentityPtr identity = tokens_.recall(presented.digest, now);
    if (!identity) {
      if (!jose::has_compact_shape(presented.text)) continue;
      if (introspection_ && !tokens_.decides(presented.text)) continue;
      if (shared_.failures.too_many(inquiry.client, now) && !tokens_.was_good(presented.digest)) {
        return too_many_failures();
      }
      auto verified = tokens_.verify(presented.text, presented.digest, now);
      if (!verified) return verified.error();
      identity = std::move(*verified);
    }
    // Each method takes tokens from its own fields only.
    if (identity->method == carrier->method) return of_token(std::move(identity));
  }
  return Error(Reason::CredentialInvalid, "no method of the route knows this scheme and key");
}

Verdict Authenticator::introspected(const Presented& presented, WallTime now, Inquiry& inquiry) const {
  const config::Digest key = token_key(presented.digest, introspection_->digest);
  const auto answered = std::find_if(inquiry.answered.begin(), inquiry.answered.end(),
                                     [&](const Inquiry::Answered& known) { return known.key == key; });
  if (answered != inquiry.answered.end()) return answered->verdict;
  if (IdentityPtr identity = shared_.memory.find(key, now)) return identity;
  if (auto refused = shared_.refused.find(key, now)) return *refused;
  if (shared_.failures.too_many(inquiry.client, now) && !shared_.memory.was_good(key)) return too_many_failures();
  if (!inquiry.open) inquiry.open = Question{key, std::string(presented.text), introspection_};
  return Error(Reason::IntrospectionUnavailable, "nobody was asked about the token");
}

bool Authenticator::was_introspected(const Principal& principal) const {
  return principal.token && route_.auth[principal.token->method].introspection;
}

const Authenticator::Carrier* Authenticator::read(const http::Field& credential, std::size_t& next,
                                                  Presented& presented) const {
  while (next < carriers_.size()) {
    const Carrier& carrier = carriers_[next++];
    if (!http::equals_ignoring_case(carrier.header->name, credential.name)) continue;
    const auto text = key_in(credential.value, carrier.header->scheme);
    if (!text || text->empty()) continue;
    if (*text != presented.text) presented = {*text, config::sha256(*text)};
    return &carrier;
  }
  return nullptr;
}

Result<Principal> Authenticator::of_key(const KeyTable::Entry& entry, WallTime now) const {
  if (expired(*entry.set, now)) return Error(Reason::CredentialExpired, "the Secret of the key has expired");
  return Principal{.method = route_.auth[entry.method].name,
                   .issuer = entry.set->secret,
                   .name = entry.key->name,
                   .tenant = entry.set->tenant,
                   .labels = &entry.set->labels};
}

Principal Authenticator::of_token(IdentityPtr identity) const {
  Principal principal{.method = route_.auth[identity->method].name,
                      .issuer = identity->issuer,
                      .name = identity->name,
                      .tenant = identity->tenant,
                      .labels = &identity->labels};
  principal.token = std::move(identity);
  return principal;
}

bool Authenticator::is_carrier(std::string_view name) const {
  for (const Carrier& carrier : carriers_) {
    if (http::equals_ignoring_case(carrier.header->name, name)) return true;
  }
  return false;
}

bool Authenticator::is_credential(const http::Field& field) const {
  return field.id == http::FieldId::Authorization || field.id == http::FieldId::ProxyAuthorization ||
         is_carrier(field.name);
}

}  // namespace mlgateway::auth
