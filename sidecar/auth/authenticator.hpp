// Who calls: the credentials of a request against the keys of one route.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "sidecar/auth/key_table.hpp"
#include "sidecar/auth/principal.hpp"
#include "sidecar/base/clock.hpp"
#include "sidecar/base/result.hpp"
#include "sidecar/config/gateway_config.hpp"
#include "sidecar/http/message.hpp"

namespace mlgateway::auth {

// Built once per route and snapshot. Keeps a reference to the route, which must outlive it and must not move.
// Immutable afterwards: any number of threads may ask.
class Authenticator {
 public:
  explicit Authenticator(const config::Route& route);

  // A credential is an Authorization field, or a field that some method of the route takes keys from, in any state.
  //   two of them (or one twice)                          CredentialAmbiguous
  //   none, and the route has an Anonymous method         the anonymous principal
  //   none otherwise                                      CredentialMissing
  //   one whose scheme or key no method knows             CredentialInvalid, never anonymous
  //   one of an expired key                               CredentialExpired
  // A route whose only method is Anonymous does not look at credentials at all. Costs at most one SHA-256 for each
  // way in which the field can be read (one, unless methods disagree about its scheme).
  Result<Principal> identify(std::span<const http::Field> fields, WallTime now) const;

  // Must this field be kept from the model? Authorization, Proxy-Authorization and every field with keys.
  bool is_credential(const http::Field& field) const;

 private:
  struct Carrier {  // one way in which a field can carry a key
    const config::KeyHeader* header;
    std::size_t method;  // index into the route's auth
  };

  bool carries_keys(std::string_view name) const;
  Result<Principal> verify(const http::Field& credential, WallTime now) const;

  const config::Route& route_;
  std::vector<Carrier> carriers_;
  KeyTable keys_;
  const config::AuthMethod* anonymous_ = nullptr;
  bool only_anonymous_ = true;
};

}  // namespace mlgateway::auth
