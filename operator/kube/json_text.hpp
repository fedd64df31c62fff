// JSON of the API server, read without exceptions and without deep recursion.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "operator/api/object_key.hpp"

namespace mlgateway::kube {

// None when it is not JSON or nested deeper than kMostJsonDepth.
std::optional<nlohmann::json> parse_json(std::string_view text);

// The string at a path of members; empty where there is none.
std::string text_at(const nlohmann::json& object, std::string_view member, std::string_view inner = {});

// Namespace and name of an object; both empty where metadata does not say.
api::ObjectKey key_of(const nlohmann::json& object);

// metadata.resourceVersion, metadata.uid; empty where there is none.
std::string version_of(const nlohmann::json& object);
std::string uid_of(const nlohmann::json& object);

}  // namespace mlgateway::kube
