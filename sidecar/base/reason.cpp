#include "sidecar/base/reason.hpp"

#include <array>

namespace mlgateway {
namespace {

// In the order of the enumeration; the unit test walks both.
constexpr std::array<std::string_view, kReasonCount> kNames = {
    "MalformedRequest",
    "UnsupportedHttpVersion",
    "UnsupportedTransferCoding",
    "ExpectationFailed",
    "UriTooLong",
    "HeadTooLarge",
    "SlowRequest",
    "TooManyConnections",
    "RouteNotFound",
    "MethodNotAllowed",
    "VersionNotFound",
    "ModelNotFound",
    "NotConfigured",
    "TlsRequired",
    "CredentialMissing",
    "CredentialInvalid",
    "CredentialExpired",
    "CredentialAmbiguous",
    "TokenMalformed",
    "TokenAlgorithmNotAllowed",
    "TokenIssuerUnknown",
    "TokenKeyUnknown",
    "TokenSignatureInvalid",
    "TokenAudienceMismatch",
    "TokenNotYetValid",
    "TokenClaimsInvalid",
    "TooManyFailures",
    "TokenInactive",
    "IntrospectionUnavailable",
    "KeysUnavailable",
    "NotAuthorized",
    "OverrideNotAllowed",
    "InvalidDeadline",
    "NoVersionAvailable",
    "BodyTooLarge",
    "BodyUnreadable",
    "BodyInvalid",
    "NotCached",
    "NoTier",
    "RateLimited",
    "BudgetSpent",
    "CostTooHigh",
    "TooManyAccounts",
    "UpstreamUnreachable",
    "UpstreamConnectTimeout",
    "UpstreamFirstByteTimeout",
    "UpstreamMalformed",
    "UpstreamClosed",
    "RequestTimeout",
    "CallerDeadline",
    "StreamIdleTimeout",
    "ClientClosed",
    "ClientTooSlow",
    "Internal",
    "InvalidConfig",
};

}  // namespace

std::string_view name(Reason reason) { return kNames[static_cast<std::size_t>(reason)]; }

}  // namespace mlgateway
