// What callers may ask of the gateway in header fields, and how long they may be made to wait.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "sidecar/base/clock.hpp"
#include "sidecar/base/result.hpp"
#include "sidecar/config/gateway_config.hpp"
#include "sidecar/http/message.hpp"
#include "sidecar/upstream/forwarder.hpp"

namespace mlgateway::gateway {

// 1 to 128 visible ASCII characters: what can stand in a header and a log line as it is.
bool is_request_id(std::string_view text);

// x-request-timeout-ms: 1 to 86400000. InvalidDeadline for anything else.
Result<std::optional<std::chrono::milliseconds>> caller_deadline(const http::Fields& fields);

// The route's times as points in time; the caller's own deadline shortens them.
upstream::Deadlines deadlines(Instant started, const config::Timeouts& timeouts,
                              std::optional<std::chrono::milliseconds> caller);

}  // namespace mlgateway::gateway
