// What the twins of several CEL rules ask of a value that has passed its schema.
#pragma once

#include <chrono>
#include <cstdint>

#include <nlohmann/json_fwd.hpp>

namespace mlgateway::api {

bool duration_between(const nlohmann::json& text, std::chrono::milliseconds least, std::chrono::milliseconds most);

// A number passes: `minimum` and `maximum` speak of it.
bool quantity_between(const nlohmann::json& value, std::int64_t least, std::int64_t most);

// As size() counts in CEL: by characters, not bytes.
bool label_keys_are_short(const nlohmann::json& labels);

// Of a decimal string that its pattern allows.
bool is_more_than_nothing(const nlohmann::json& decimal);

}  // namespace mlgateway::api
