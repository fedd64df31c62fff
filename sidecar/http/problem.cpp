#include "sidecar/http/problem.hpp"

#include <array>

#include "sidecar/http/error_body.hpp"

namespace mlgateway::http {
namespace {

struct Row {
  Reason reason;
  int status;
  std::string_view title;
  std::string_view openai_code = {};  // where OpenAI's own clients know one
};

// In the order of the enumeration, which is checked below.
constexpr std::array<Row, kReasonCount> kTable = {{
    {Reason::MalformedRequest, 400, "The request is not valid HTTP/1.1, or can be read in two ways"},
    {Reason::UnsupportedHttpVersion, 505, "The gateway speaks HTTP/1.1 and HTTP/1.0 only"},
    {Reason::UnsupportedTransferCoding, 501, "The gateway reads no transfer coding other than chunked"},
    {Reason::ExpectationFailed, 417, "The gateway meets no expectation other than 100-continue"},
    {Reason::UriTooLong, 414, "The request target is too long"},
    {Reason::HeadTooLarge, 431, "The request head is too large or has too many fields"},
    {Reason::SlowRequest, 408, "The request did not arrive in time"},
    {Reason::TooManyConnections, 503, "The gateway has too many connections"},
    {Reason::RouteNotFound, 404, "No route serves this host and path"},
    {Reason::MethodNotAllowed, 405, "This path does not allow this method"},
    {Reason::VersionNotFound, 404, "The model has no such version"},
    {Reason::ModelNotFound, 404, "No such model is served here", "model_not_found"},
    {Reason::NotConfigured, 503, "The gateway has no configuration yet"},
    {Reason::TlsRequired, 426, "This route is served by TLS only"},
    {Reason::CredentialMissing, 401, "The request has no credential", "invalid_api_key"},
    {Reason::CredentialInvalid, 401, "The credential is not valid", "invalid_api_key"},
    {Reason::CredentialExpired, 401, "The credential has expired", "invalid_api_key"},
    {Reason::CredentialAmbiguous, 400, "The request has more than one credential"},
    {Reason::TokenMalformed, 401, "The token is not a signed JWT that the gateway reads", "invalid_api_key"},
    {Reason::TokenAlgorithmNotAllowed, 401, "The token is signed by an algorithm that is not allowed",
     "invalid_api_key"},
    {Reason::TokenIssuerUnknown, 401, "The token is by an issuer that is not trusted here", "invalid_api_key"},
    {Reason::TokenKeyUnknown, 401, "The token's issuer has no such key", "invalid_api_key"},
    {Reason::TokenSignatureInvalid, 401, "The token's signature is not valid", "invalid_api_key"},
    {Reason::TokenAudienceMismatch, 401, "The token is meant for others", "invalid_api_key"},
    {Reason::TokenNotYetValid, 401, "The token is not valid yet", "invalid_api_key"},
    {Reason::TokenClaimsInvalid, 401, "The token lacks a claim that is needed, or has it in a form that cannot be used",
     "invalid_api_key"},
    {Reason::TooManyFailures, 429, "Too many credentials from this address were refused"},
    {Reason::TokenInactive, 401, "The token is not active", "invalid_api_key"},
    {Reason::IntrospectionUnavailable, 503, "The provider that knows the token cannot be asked"},
    {Reason::KeysUnavailable, 503, "The keys that the token has to be verified with are not available"},
    {Reason::NotAuthorized, 403, "This caller may not do this"},
    {Reason::OverrideNotAllowed, 403, "This caller may not choose a version"},
    {Reason::InvalidDeadline, 400, "The deadline must be a number of milliseconds from 1 to 86400000"},
    {Reason::NoVersionAvailable, 503, "No version of the model takes requests now"},
    {Reason::BodyTooLarge, 413, "The request body is too large"},
    {Reason::BodyUnreadable, 415, "The gateway cannot read the encoding of the request body"},
    {Reason::BodyInvalid, 400, "The request body is not what the protocol asks for"},
    {Reason::NotCached, 504, "The caller wants a cached answer only, and there is none"},
    {Reason::NoTier, 403, "No tier of the quota is meant for this caller"},
    {Reason::RateLimited, 429, "Too many requests at once", "rate_limit_exceeded"},
    {Reason::BudgetSpent, 429, "The budget has no room for this request", "insufficient_quota"},
    {Reason::CostTooHigh, 403, "The request costs more than the quota ever holds", "insufficient_quota"},
    {Reason::TooManyAccounts, 503, "The gateway keeps account of too many callers already"},
    {Reason::UpstreamUnreachable, 502, "The model cannot be reached"},
    {Reason::UpstreamConnectTimeout, 504, "The model did not accept a connection in time"},
    {Reason::UpstreamFirstByteTimeout, 504, "The model did not begin to answer in time"},
    {Reason::UpstreamMalformed, 502, "The model did not answer with valid HTTP"},
    {Reason::UpstreamClosed, 502, "The model ended its answer too early"},
    {Reason::RequestTimeout, 504, "The model did not answer in time"},
    {Reason::CallerDeadline, 504, "The caller's own deadline has passed"},
    {Reason::StreamIdleTimeout, 504, "The model's stream stood still for too long"},
    {Reason::ClientClosed, 499, "The caller closed the connection"},
    {Reason::ClientTooSlow, 499, "The caller read the answer too slowly"},
    {Reason::Internal, 500, "The gateway made a mistake"},
    {Reason::InvalidConfig, 500, "The gateway's configuration is not valid"},
}};

constexpr bool is_in_order() {
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    if (kTable[i].reason != static_cast<Reason>(i) || kTable[i].title.empty()) return false;
  }
  return true;
}
static_assert(is_in_order());

const Row& row_of(Reason reason) { return kTable[static_cast<std::size_t>(reason)]; }

}  // namespace

int status_of(Reason reason) { return row_of(reason).status; }

std::string_view title_of(Reason reason) { return row_of(reason).title; }

Problem describe(const Error& error, ErrorShape shape, std::string_view request_id,
                 std::span<const std::string> policies) {
  const Row& row = row_of(error.reason);
  const Told told{error, row.status, row.title, row.openai_code, request_id, policies};
  switch (shape) {
    case ErrorShape::OpenAI: return {row.status, "application/json", openai_body(told)};
    case ErrorShape::OpenInferenceV2:
    case ErrorShape::KServeV1: return {row.status, "application/json", kserve_body(told)};
    case ErrorShape::MLflow: return {row.status, "application/json", mlflow_body(told)};
    case ErrorShape::TorchServe: return {row.status, "application/json", torchserve_body(told)};
    case ErrorShape::Problem: break;
  }
  return {row.status, "application/problem+json", problem_body(told)};
}

}  // namespace mlgateway::http
