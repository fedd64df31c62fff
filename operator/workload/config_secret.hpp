// The Secret that holds one workload's configuration. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "operator/api/object_key.hpp"

namespace mlgateway::workload {

// The API server takes no Secret with more bytes in its data (core/v1 MaxSecretSize).
inline constexpr std::size_t kMostConfigBytes = 1u << 20;

// The Secret with `text` as the contract's file. `owner` is the reference to the workload's controller, or to the bare
// pod: when it goes, so does the Secret.
nlohmann::json config_secret(const api::ObjectKey& key, std::string_view text, const nlohmann::json& owner);

// Whether `secret` was made by config_secret. What was not is nobody's to overwrite.
bool is_ours(const nlohmann::json& secret);

// Whether its file is `text`.
bool holds(const nlohmann::json& secret, std::string_view text);

// Its owner; null where it has none.
nlohmann::json owner_of(const nlohmann::json& secret);

// A reference to `object` as an owner that does not control.
nlohmann::json owner_reference(const nlohmann::json& object);

// The bearer token for /state and /config of the workload's sidecars: HMAC-SHA-256 of its Secret's name under the
// operator's own key. They hold its digest only, and no two workloads have the same.
std::string admin_token(std::string_view key, const api::ObjectKey& secret);

}  // namespace mlgateway::workload
