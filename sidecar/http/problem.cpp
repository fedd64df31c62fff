#include "sidecar/http/problem.hpp"

#include <array>

#include "sidecar/base/json_text.hpp"

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
    {Reason::CredentialMissing, 401, "The request has no credential", "invalid_api_key"},
    {Reason::CredentialInvalid, 401, "The credential is not valid", "invalid_api_key"},
    {Reason::CredentialExpired, 401, "The credential has expired", "invalid_api_key"},
    {Reason::CredentialAmbiguous, 400, "The request has more than one credential"},
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

std::string sentence_of(const Error& error) {
  std::string sentence(title_of(error.reason));
  if (!error.detail.empty()) sentence.append(": ").append(error.detail);
  return sentence;
}

void append_member(std::string& out, std::string_view name, std::string_view text) {
  out.append(",\"").append(name).append("\":");
  append_json_string(out, text);
}

std::string problem_body(const Error& error, std::string_view request_id) {
  const int status = status_of(error.reason);
  std::string body = R"({"type":"about:blank")";
  append_member(body, "title", phrase_of(status));
  body.append(",\"status\":").append(std::to_string(status));
  append_member(body, "detail", sentence_of(error));
  append_member(body, "reason", name(error.reason));
  append_member(body, "requestId", request_id);
  return body += '}';
}

// OpenAI's clients raise by status and tell apart by code; its own 401 is an invalid_request_error too.
std::string openai_body(const Error& error, std::string_view request_id) {
  const Row& row = row_of(error.reason);
  std::string body = R"({"error":{"message":)";
  append_json_string(body, sentence_of(error));
  append_member(body, "type", row.status < 500 ? "invalid_request_error" : "server_error");
  body.append(R"(,"param":null)");
  if (row.openai_code.empty()) {
    body.append(R"(,"code":null)");
  } else {
    append_member(body, "code", row.openai_code);
  }
  append_member(body, "reason", name(error.reason));
  append_member(body, "requestId", request_id);
  return body += "}}";
}

// V2 knows one text. Many of its clients show nothing else, so the reason and the id are in it as well.
std::string v2_body(const Error& error, std::string_view request_id) {
  std::string text = sentence_of(error);
  text.append(" (reason ").append(name(error.reason));
  if (!request_id.empty()) text.append(", request ").append(request_id);
  text += ')';
  std::string body = R"({"error":)";
  append_json_string(body, text);
  append_member(body, "reason", name(error.reason));
  append_member(body, "requestId", request_id);
  return body += '}';
}

}  // namespace

int status_of(Reason reason) { return row_of(reason).status; }

std::string_view title_of(Reason reason) { return row_of(reason).title; }

Problem describe(const Error& error, ErrorShape shape, std::string_view request_id) {
  const int status = status_of(error.reason);
  switch (shape) {
    case ErrorShape::OpenAI: return {status, "application/json", openai_body(error, request_id)};
    case ErrorShape::OpenInferenceV2: return {status, "application/json", v2_body(error, request_id)};
    case ErrorShape::Problem: break;
  }
  return {status, "application/problem+json", problem_body(error, request_id)};
}

}  // namespace mlgateway::http
