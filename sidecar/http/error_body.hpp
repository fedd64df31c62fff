// The body of an error in each manner of telling one. For problem.cpp, which knows what each reason means.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "sidecar/base/result.hpp"

namespace mlgateway::http {

// Views as good as what describe() was given.
struct Told {
  const Error& error;
  int status;
  std::string_view title;
  std::string_view openai_code;  // empty: null
  std::string_view request_id;
  std::span<const std::string> policies;
};

std::string problem_body(const Told& told);
std::string openai_body(const Told& told);
std::string kserve_body(const Told& told);  // V1 and V2 are alike here
std::string mlflow_body(const Told& told);
std::string torchserve_body(const Told& told);

}  // namespace mlgateway::http
