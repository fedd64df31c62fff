// JSON as YAML that people like to read.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace mlgateway::local {

// Block style; strings are quoted where a reader could take them for something else. Members come in the order of
// `value` (an ordered_json keeps the order in which they were added).
std::string to_yaml(const nlohmann::ordered_json& value);

}  // namespace mlgateway::local
