// The twins of the CEL rules about `auth.authorization`; rules.cpp says where each holds and what it tells.
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace mlgateway::route {

bool access_names_versions(const nlohmann::json& spec);
bool access_names_methods(const nlohmann::json& auth);
bool told_answers_are_kept_apart(const nlohmann::json& spec);
bool identity_carries_no_credential(const nlohmann::json& auth);
bool identity_header_is_free(const nlohmann::json& name);
bool claim_has_one_test(const nlohmann::json& claim);

}  // namespace mlgateway::route
