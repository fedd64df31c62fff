// The answers that the gateway gives itself.
#pragma once

#include <string>
#include <string_view>

#include "sidecar/gateway/exchange.hpp"
#include "sidecar/net/task.hpp"

namespace mlgateway::gateway {

// The lines that every answer of this exchange carries: request id, and the version if one was chosen.
std::string answer_fields(const Exchange& exchange);

// Writes a whole answer; HEAD gets its head alone. A caller who is gone by now is no error.
net::Task<void> answer(Exchange& exchange, int status, std::string_view content_type, std::string_view body,
                       std::string_view fields);

}  // namespace mlgateway::gateway
