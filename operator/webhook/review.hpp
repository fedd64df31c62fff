// AdmissionReview (admission.k8s.io/v1): the question an API server asks a webhook, and the answer. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "sidecar/base/result.hpp"

namespace mlgateway::webhook {

struct ReviewRequest {
  std::string uid;
  std::string kind;       // of the object
  std::string operation;  // CREATE, UPDATE, DELETE, CONNECT
  std::string namespace_name;
  nlohmann::json object;      // null when something is deleted
  nlohmann::json old_object;  // null unless something was there
};

// InvalidConfig, with what is missing, for whatever is no AdmissionReview of v1. Never throws, however the text looks.
Result<ReviewRequest> read_review(std::string_view text);

// One thing that is wrong, as `kubectl` prints it.
struct Cause {
  std::string field;
  std::string message;
};

struct Verdict {
  bool allowed = true;
  nlohmann::json patch = nlohmann::json::array();  // RFC 6902; only where allowed
  std::string message;                             // where it is not
  std::vector<Cause> causes;
  std::vector<std::string> warnings;
};

// The body of the answer. Warnings are cut to the length that the API asks for.
std::string answer_to(const ReviewRequest& request, const Verdict& verdict);

}  // namespace mlgateway::webhook
