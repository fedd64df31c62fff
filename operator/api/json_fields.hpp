// Fields of an object that has passed its schema and rules, as typed values. What is not of its form is a bug and
// throws.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

#include <nlohmann/json.hpp>

#include "sidecar/config/gateway_config.hpp"
#include "sidecar/config/names.hpp"

namespace mlgateway::api {

// The member, or null where the optional parent or member is absent.
const nlohmann::json& member(const nlohmann::json& object, const char* name);

config::Milliseconds duration_from(const nlohmann::json& json);
std::uint64_t bytes_from(const nlohmann::json& json);
config::Millionths decimal_from(const nlohmann::json& json);

// The value of the contract that has the name which `json` says: the spec and the contract use the same words.
template <class Enum, std::size_t N>
Enum one_of(const config::Names<Enum, N>& names, const nlohmann::json& json) {
  for (const auto& [name, value] : names) {
    if (json == name) return value;
  }
  throw std::out_of_range(json.dump());
}

}  // namespace mlgateway::api
