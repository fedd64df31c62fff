// Reading a request's body whole, for the steps that have to look into it.
#pragma once

#include "sidecar/gateway/exchange.hpp"
#include "sidecar/net/task.hpp"

namespace mlgateway::gateway {

// Into exchange.body. BodyTooLarge over the candidates' limit, BodyUnreadable for a content coding or a charset that
// the gateway does not read, and whatever ends the reading. An unread body is never relayed past a step that needs it.
net::Task<Status> read_body(Exchange& exchange);

Error too_large(std::uint64_t limit);

}  // namespace mlgateway::gateway
