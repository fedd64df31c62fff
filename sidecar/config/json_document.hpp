// Text to a JSON tree in which no key stands twice and nothing is nested without end.
#pragma once

#include <string_view>

#include <nlohmann/json.hpp>

#include "sidecar/base/result.hpp"

namespace mlgateway::config {

// InvalidConfig with `line 3, column 7: words`, or `path: words` for a key that stands twice. Never throws.
Result<nlohmann::json> read_document(std::string_view text);

}  // namespace mlgateway::config
