// Where a claim stands: its name, or with a slash in front a JSON Pointer into nested ones.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace mlgateway::jose {

// `sub` and `https://example.com/org` are names of claims; `/realm_access/team` is a JSON Pointer (RFC 6901). A dot has
// no meaning, since many providers name their claims by URLs. Null when nothing is there or the path is no pointer.
const nlohmann::json* find_claim(const nlohmann::json& claims, std::string_view path);

// What a claim says as the value of a label: a string as it is, an integer or a boolean in JSON's words. Nothing for
// lists, objects, null and fractions, and for text that is longer than `most` bytes or has control characters.
std::optional<std::string> label_of(const nlohmann::json& claim, std::size_t most);

}  // namespace mlgateway::jose
