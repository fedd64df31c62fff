// Objects that a route has in a cluster and takes along when it goes. Pure.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace mlgateway::render {

// On each of them: the name of its route.
inline constexpr const char* kRouteLabel = "mlgateway.io/route";

// An object of that name with metadata alone, in the namespace of `route`, an MLRoute's object, and owned by it.
nlohmann::json owned_by(const nlohmann::json& route, const std::string& name);

// Whether `object` is owned by that very `route`. What is not is nobody's to take over.
bool is_owned_by(const nlohmann::json& object, const nlohmann::json& route);

// Whether all that `wanted` says is in `object`, which the API server has completed with its defaults.
bool says_all(const nlohmann::json& object, const nlohmann::json& wanted);

}  // namespace mlgateway::render
