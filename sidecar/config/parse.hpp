// Text of the contract to values. What is not understood completely is refused completely.
#pragma once

#include <string_view>

#include "sidecar/base/result.hpp"
#include "sidecar/config/gateway_config.hpp"

namespace mlgateway::config {

// Fails with Reason::InvalidConfig; the message is `path: words`, e.g.
// `routes[0].versions[1].weight: must be at most 100, is 140`, or `line 3, column 7: words` for text that is not JSON.
// Unknown fields, duplicate keys, missing fields, wrong types and deep nesting are refused here, what values mean by
// check() (check.hpp), which is called at the end. Never throws. Hashes are taken as they stand, not recomputed.
Result<GatewayConfig> parse(std::string_view json);

}  // namespace mlgateway::config
