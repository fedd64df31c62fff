// A ConfigMap as key sets are read from it.
#pragma once

#include <map>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "operator/api/object_key.hpp"
#include "sidecar/config/gateway_config.hpp"

namespace mlgateway::api {

struct ConfigMap {
  ObjectKey key;
  config::Labels labels;
  std::map<std::string, std::string> entries;  // `data`; what is in `binaryData` is no text
  bool operator==(const ConfigMap&) const = default;
};

// `object` must have passed its schema, defaults applied; anything else is a bug and throws.
ConfigMap config_map_from(const nlohmann::json& object);

}  // namespace mlgateway::api
