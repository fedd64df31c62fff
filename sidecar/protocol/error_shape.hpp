// In whose manner a route tells its errors.
#pragma once

#include "sidecar/config/gateway_config.hpp"
#include "sidecar/http/problem.hpp"

namespace mlgateway::protocol {

// Generic routes have no manner of their own: problem+json.
constexpr http::ErrorShape error_shape(config::Protocol protocol) {
  switch (protocol) {
    case config::Protocol::OpenInferenceV2: return http::ErrorShape::OpenInferenceV2;
    case config::Protocol::KServeV1: return http::ErrorShape::KServeV1;
    case config::Protocol::OpenAI: return http::ErrorShape::OpenAI;
    case config::Protocol::MLflow: return http::ErrorShape::MLflow;
    case config::Protocol::TorchServe: return http::ErrorShape::TorchServe;
    case config::Protocol::Generic: return http::ErrorShape::Problem;
  }
  return http::ErrorShape::Problem;
}

}  // namespace mlgateway::protocol
