// The gateway's own answer to OpenAI's GET /v1/models.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace mlgateway::protocol {

// {"object":"list","data":[{"id":MODEL,"object":"model","created":0,"owned_by":"mlgateway"},...]}, in the order given.
// Content type: application/json.
std::string list_models(std::span<const std::string_view> models);

}  // namespace mlgateway::protocol
