#include "sidecar/http/error_body.hpp"

#include "sidecar/base/json_text.hpp"
#include "sidecar/http/problem.hpp"

namespace mlgateway::http {
namespace {

constexpr std::string_view kQuotaExceeded = "https://iana.org/assignments/http-problem-types#quota-exceeded";

bool is_over_quota(Reason reason) { return reason == Reason::RateLimited || reason == Reason::BudgetSpent; }

std::string sentence_of(const Told& told) {
  std::string sentence(told.title);
  if (!told.error.detail.empty()) sentence.append(": ").append(told.error.detail);
  return sentence;
}

void append_name(std::string& out, std::string_view name) {
  if (out.back() != '{') out += ',';
  out.append("\"").append(name).append("\":");
}

void append_member(std::string& out, std::string_view name, std::string_view text) {
  append_name(out, name);
  append_json_string(out, text);
}

void append_member(std::string& out, std::string_view name, int number) {
  append_name(out, name);
  out += std::to_string(number);
}

void append_member(std::string& out, std::string_view name, std::span<const std::string> texts) {
  append_name(out, name);
  out += '[';
  for (const std::string& text : texts) {
    if (out.back() != '[') out += ',';
    append_json_string(out, text);
  }
  out += ']';
}

// The same in every shape, for whoever debugs.
void append_ids(std::string& out, const Told& told) {
  append_member(out, "reason", name(told.error.reason));
  append_member(out, "requestId", told.request_id);
}

// OpenAI's clients raise by status and tell apart by code. Its own 401 is an invalid_request_error too; over a rate it
// says what there were too many of, over a budget it repeats the code.
std::string_view openai_type(const Told& told) {
  if (told.error.reason == Reason::RateLimited) return "requests";
  if (told.openai_code == "insufficient_quota") return told.openai_code;
  return told.status < 500 ? "invalid_request_error" : "server_error";
}

// The names that MLflow's client has for statuses (mlflow/exceptions.py); it takes an unknown one for INTERNAL_ERROR.
std::string_view mlflow_code(const Told& told) {
  if (told.error.reason == Reason::RateLimited) return "REQUEST_LIMIT_EXCEEDED";
  switch (told.status) {
    case 401: return "UNAUTHENTICATED";
    case 403: return "PERMISSION_DENIED";
    case 404: return "ENDPOINT_NOT_FOUND";
    case 429: return "RESOURCE_EXHAUSTED";
    case 501: return "NOT_IMPLEMENTED";
    case 502:
    case 503: return "TEMPORARILY_UNAVAILABLE";
    case 504: return "DEADLINE_EXCEEDED";
    default: return told.status < 500 ? "BAD_REQUEST" : "INTERNAL_ERROR";
  }
}

// TorchServe tells the name of its Java exception. It has none for too many requests.
std::string_view torchserve_type(const Told& told) {
  switch (told.error.reason) {
    case Reason::ModelNotFound: return "ModelNotFoundException";
    case Reason::VersionNotFound: return "ModelVersionNotFoundException";
    default: break;
  }
  switch (told.status) {
    case 401: return "InvalidKeyException";
    case 404: return "ResourceNotFoundException";
    case 405: return "MethodNotAllowedException";
    case 408:
    case 504: return "RequestTimeoutException";
    case 429: return "TooManyRequestsException";
    case 502:
    case 503: return "ServiceUnavailableException";
    default: return told.status < 500 ? "BadRequestException" : "InternalServerException";
  }
}

}  // namespace

std::string problem_body(const Told& told) {
  const bool over_quota = is_over_quota(told.error.reason);
  std::string body = "{";
  append_member(body, "type", over_quota ? kQuotaExceeded : std::string_view("about:blank"));
  append_member(body, "title", phrase_of(told.status));
  append_member(body, "status", told.status);
  append_member(body, "detail", sentence_of(told));
  if (over_quota) append_member(body, "violated-policies", told.policies);
  append_ids(body, told);
  return body += '}';
}

std::string openai_body(const Told& told) {
  std::string body = R"({"error":{)";
  append_member(body, "message", sentence_of(told));
  append_member(body, "type", openai_type(told));
  body.append(R"(,"param":null)");
  if (told.openai_code.empty()) {
    body.append(R"(,"code":null)");
  } else {
    append_member(body, "code", told.openai_code);
  }
  append_ids(body, told);
  return body += "}}";
}

// One text is all they know. Many of their clients show nothing else, so the reason and the id are in it as well.
std::string kserve_body(const Told& told) {
  std::string text = sentence_of(told);
  text.append(" (reason ").append(name(told.error.reason));
  if (!told.request_id.empty()) text.append(", request ").append(told.request_id);
  text += ')';
  std::string body = "{";
  append_member(body, "error", text);
  append_ids(body, told);
  return body += '}';
}

std::string mlflow_body(const Told& told) {
  std::string body = "{";
  append_member(body, "error_code", mlflow_code(told));
  append_member(body, "message", sentence_of(told));
  append_ids(body, told);
  return body += '}';
}

std::string torchserve_body(const Told& told) {
  std::string body = "{";
  append_member(body, "code", told.status);
  append_member(body, "type", torchserve_type(told));
  append_member(body, "message", sentence_of(told));
  append_ids(body, told);
  return body += '}';
}

}  // namespace mlgateway::http
