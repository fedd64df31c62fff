// The request target as the model gets it.
#pragma once

#include <string>
#include <string_view>

#include "sidecar/protocol/router.hpp"

namespace mlgateway::protocol {

// Appends path and query as received, without "/versions/V" (TorchServe: "/V") when the match names a version: that
// name is the route's, the model server knows only its own. `path` is the one that was matched; `query` comes without
// '?', and `has_query` tells "/x?" from "/x".
void append_upstream_target(std::string& out, const Match& match, std::string_view path, std::string_view query,
                            bool has_query);

}  // namespace mlgateway::protocol
