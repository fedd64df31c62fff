// What the cache did, as a caller is told: Cache-Status (RFC 9211) and, on hits, Age (RFC 9111 5.1).
#pragma once

#include <string>

#include "sidecar/gateway/exchange.hpp"

namespace mlgateway::gateway {

// Complete lines; recall.state must be set.
void append_cache_status(std::string& fields, const Recall& recall, Instant now);

}  // namespace mlgateway::gateway
