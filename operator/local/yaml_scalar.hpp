// What a scalar of a manifest is in JSON, typed as kubectl types it (go-yaml 2: YAML 1.1 with the octals of 1.2).
#pragma once

#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

namespace mlgateway::local {

// An unquoted scalar: null, boolean, number or string. None for what JSON has no value for (.inf, .nan).
std::optional<nlohmann::json> resolve_plain_scalar(const std::string& text);

}  // namespace mlgateway::local
