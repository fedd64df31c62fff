// A Secret as API keys are read from it.
#pragma once

#include <map>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "operator/api/object_key.hpp"
#include "sidecar/config/gateway_config.hpp"

namespace mlgateway::api {

// The entries are secret: they go nowhere but into digests.
struct Secret {
  ObjectKey key;
  config::Labels labels;
  std::map<std::string, std::string> annotations;
  std::map<std::string, std::string> entries;  // `data` decoded, overlaid by `stringData`
  bool operator==(const Secret&) const = default;
};

// `object` must have passed its schema, defaults applied, and its `data` must be base64; anything else is a bug and
// throws.
Secret secret_from(const nlohmann::json& object);

}  // namespace mlgateway::api
