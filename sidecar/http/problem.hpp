// THE table: Reason -> the answer a caller gets. No other file knows an error's status or words.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "sidecar/base/result.hpp"

namespace mlgateway::http {

// In whose manner an error is told. Chosen by the route's protocol; Problem before a route is known.
enum class ErrorShape : unsigned char { Problem, OpenAI, OpenInferenceV2, KServeV1, MLflow, TorchServe };

struct Problem {
  int status;
  std::string_view content_type;
  std::string body;
};

int status_of(Reason reason);              // 499 for ClientClosed is for the log only
std::string_view title_of(Reason reason);  // one sentence for the caller
std::string_view phrase_of(int status);    // "Not Found"

// The body says the title, error.detail, the reason's name and the request id; never error.message. Members `reason`
// and `requestId` are in every shape, beside what the protocol's own clients read: problem+json (RFC 9457), OpenAI's
// {"error":{message,type,param,code}}, {"error": text} of V2 and KServe V1, MLflow's {error_code, message},
// TorchServe's {code, type, message}.
// `policies`: the limits that refused the request, named to readers of problem+json when the reason is RateLimited or
// BudgetSpent; the other shapes have no place for them.
Problem describe(const Error& error, ErrorShape shape, std::string_view request_id,
                 std::span<const std::string> policies = {});

}  // namespace mlgateway::http
