// JSON objects from whoever sends a token or serves keys: no member twice, nothing deep, nothing long.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "sidecar/base/result.hpp"

namespace mlgateway::jose {

struct JsonBounds {
  std::size_t depth = 0;    // of objects and lists within each other, the outermost counted
  std::size_t members = 0;  // of all objects together
};

// The object that `text` is, or `reason` with words about what is wrong. A member that stands twice is refused, since
// two readers could go by different ones (RFC 7515 section 4, RFC 8725 section 2.4). Never throws.
Result<nlohmann::json> read_object(std::string_view text, const JsonBounds& bounds, Reason reason);

// The member as text; null when it is missing or something else.
const std::string* text_member(const nlohmann::json& object, const char* name);

}  // namespace mlgateway::jose
