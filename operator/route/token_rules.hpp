// The twins of the CEL rules about methods of type JWT; rules.cpp says where each holds and what it tells.
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace mlgateway::route {

bool introspection_with_its_type(const nlohmann::json& method);
bool one_introspection_at_most(const nlohmann::json& methods);
bool remembering_in_range(const nlohmann::json& value);
bool refusal_in_range(const nlohmann::json& value);
bool jwt_with_its_type(const nlohmann::json& method);
bool issuers_are_different(const nlohmann::json& methods);
bool discovered_issuer_can_be_asked(const nlohmann::json& jwt);
bool leeway_in_range(const nlohmann::json& value);
bool keys_have_one_source(const nlohmann::json& jwks);
bool only_fetched_keys_are_refreshed(const nlohmann::json& jwks);
// By https, or from this machine; what else is wrong with a URL, the schema and semantics see.
bool comes_safely(const nlohmann::json& url);
bool interval_in_range(const nlohmann::json& value);
bool fetch_in_range(const nlohmann::json& value);
bool staleness_in_range(const nlohmann::json& value);

}  // namespace mlgateway::route
