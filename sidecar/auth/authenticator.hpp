// Who calls: the credentials of a request against the keys of one route.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "sidecar/auth/key_table.hpp"
#include "sidecar/auth/principal.hpp"
#include "sidecar/auth/token_verifier.hpp"
#include "sidecar/base/clock.hpp"
#include "sidecar/base/result.hpp"
#include "sidecar/config/gateway_config.hpp"
#include "sidecar/http/message.hpp"

namespace mlgateway::auth {

// Where the credential of one request comes from, what had to be asked about it, and what has to be.
struct Inquiry {
  struct Answered {
    config::Digest key{};
    Verdict verdict;
  };
  std::string_view client;         // the address
  std::vector<Answered> answered;  // one for each provider at most
  std::optional<Question> open;
};

// Built once per route and snapshot. Keeps references to the route, which must not move, and to what tokens share;
// both must outlive it.
// Immutable afterwards: any number of threads may ask.
class Authenticator {
 public:
  Authenticator(const config::Route& route, Tokens& shared);

  // A credential is an Authorization field, or a field that some method of the route takes keys or tokens from, in any
  // state.
  //   two of them (or one twice)                          CredentialAmbiguous
  //   none, and the route has an Anonymous method         the anonymous principal
  //   none otherwise                                      CredentialMissing
  //   one whose scheme or key no method knows             CredentialInvalid, never anonymous
  //   one of an expired key                               CredentialExpired
  //   one that is no key, but has the shape of a JWS      what TokenVerifier says: the method of its issuer decides
  //   any other, on a route that asks a provider          what the provider says: as far as `inquiry` or a memory knows
  //                                                       it; else IntrospectionUnavailable, and it is `inquiry.open`
  //   the last two, from an address of too many failures  TooManyFailures, unless it was good when last judged
  // What is presented decides which method applies, and that one decides: a credential that fails is never tried with
  // the next. A route whose only method is Anonymous does not look at credentials at all. Costs at most one SHA-256 for
  // each way in which the field can be read (one, unless methods disagree about its scheme).
  Result<Principal> identify(std::span<const http::Field> fields, WallTime now, Inquiry& inquiry) const;

  // Whether it was a provider's answer that told who this is.
  bool was_introspected(const Principal& principal) const;

  // Must this field be kept from the model? Authorization, Proxy-Authorization and every field with keys or tokens.
  bool is_credential(const http::Field& field) const;

 private:
  struct Carrier {  // one way in which a field can carry a key or a token
    const config::KeyHeader* header;
    std::size_t method;  // index into the route's auth
  };
  // A field's value, as some carrier reads it, and its hash.
  struct Presented {
    std::string_view text;
    config::Digest digest;
  };

  bool is_carrier(std::string_view name) const;
  Result<Principal> verify(const http::Field& credential, WallTime now, Inquiry& inquiry) const;
  Verdict introspected(const Presented& presented, WallTime now, Inquiry& inquiry) const;
  // The next way to read the field, of those that begin at carriers_[next]; advances `next` beyond it. Empty text:
  // none.
  const Carrier* read(const http::Field& credential, std::size_t& next, Presented& presented) const;
  Result<Principal> of_key(const KeyTable::Entry& entry, WallTime now) const;
  Principal of_token(IdentityPtr identity) const;

  const config::Route& route_;
  std::vector<Carrier> carriers_;  // of keys first, then of tokens
  KeyTable keys_;
  TokenVerifier tokens_;
  Tokens& shared_;
  const std::shared_ptr<const IntrospectionRules> introspection_;  // null: no such method
  const config::AuthMethod* anonymous_ = nullptr;
  bool only_anonymous_ = true;
};

}  // namespace mlgateway::auth
