// The closed list of why a request was refused or could not be finished.
//
// The names are stable interface: they appear in the body of an answer, in the access log and as a metric label.
// The HTTP status of each is decided in http/problem.cpp and nowhere else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mlgateway {

enum class Reason : std::uint8_t {
  // Step 1: the bytes.
  MalformedRequest,           // not HTTP/1.1, or readable in two ways
  UnsupportedHttpVersion,     // a version other than 1.0 and 1.1
  UnsupportedTransferCoding,  // a transfer coding other than chunked
  ExpectationFailed,          // an expectation other than 100-continue
  UriTooLong,
  HeadTooLarge,  // the head as a whole, or its number of fields
  SlowRequest,   // head or body did not arrive in time or at the minimum rate
  TooManyConnections,
  // Step 2: the route.
  RouteNotFound,  // no route for this host, path and model
  MethodNotAllowed,
  VersionNotFound,  // the path or an override names a version that the route does not have
  ModelNotFound,    // the body names a model that no candidate route serves
  NotConfigured,    // no configuration has been loaded yet
  TlsRequired,      // the route is not served in the clear
  // Steps 3 and 4: the caller.
  CredentialMissing,
  CredentialInvalid,
  CredentialExpired,
  CredentialAmbiguous,       // two credentials in one request
  TokenMalformed,            // no JWS, or one with a header or payload that is not taken
  TokenAlgorithmNotAllowed,  // signed by an algorithm that the method or its key does not allow
  TokenIssuerUnknown,        // no method of the route trusts its issuer
  TokenKeyUnknown,           // its issuer has no key that fits
  TokenSignatureInvalid,
  TokenAudienceMismatch,
  TokenNotYetValid,
  TokenClaimsInvalid,        // a claim that is needed is missing or has a form that cannot be used
  TooManyFailures,           // so many credentials of this address were refused that no more are verified
  TokenInactive,             // who was asked about the token says that it is good no more, or never was
  IntrospectionUnavailable,  // nobody could be asked about the token, through no fault of the caller
  KeysUnavailable,           // there are no keys to verify a token with, through no fault of the caller
  NotAuthorized,             // no rule of the route lets the caller do this
  OverrideNotAllowed,
  InvalidDeadline,  // x-request-timeout-ms is not a number of milliseconds
  // Step 5: the version.
  NoVersionAvailable,  // every version has weight 0
  // Step 6: the body, where a step has to read it.
  BodyTooLarge,
  BodyUnreadable,  // Content-Encoding or charset that the gateway does not read
  BodyInvalid,     // not the JSON that the protocol asks for, or not what the cost is counted from
  // Step 7: the cache.
  NotCached,  // only-if-cached, and nothing is
  // Step 8: the quotas.
  NoTier,           // no tier of a quota takes this caller
  RateLimited,      // more at once than the rate allows
  BudgetSpent,      // the window's budget has no room for this request
  CostTooHigh,      // the request costs more than a limit holds when it is empty
  TooManyAccounts,  // the ledger is full of callers whose use must not be forgotten
  // Step 9: the model.
  UpstreamUnreachable,  // name not resolved, or no connection to be had
  UpstreamConnectTimeout,
  UpstreamFirstByteTimeout,
  UpstreamMalformed,  // the answer is not HTTP/1.1, or readable in two ways
  UpstreamClosed,     // the connection ended before the answer did, or before it began
  RequestTimeout,     // the route's `request` time is over
  CallerDeadline,     // the caller's own deadline is over
  StreamIdleTimeout,  // a stream sent nothing for `streamIdle`
  // How the caller's side can end.
  ClientClosed,   // hung up before the answer was complete
  ClientTooSlow,  // did not read the answer at the minimum rate
  // Ours.
  Internal,
  InvalidConfig,  // a configuration that cannot be taken into force
};

inline constexpr std::size_t kReasonCount = static_cast<std::size_t>(Reason::InvalidConfig) + 1;

// The stable name, e.g. "CredentialMissing". Valid for the life of the process.
std::string_view name(Reason reason);

}  // namespace mlgateway
