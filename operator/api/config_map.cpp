#include "operator/api/config_map.hpp"

#include <nlohmann/json.hpp>

namespace mlgateway::api {

ConfigMap config_map_from(const nlohmann::json& object) {
  const auto& metadata = object.at("metadata");
  ConfigMap map;
  map.key = {metadata.at("namespace"), metadata.at("name")};
  map.labels = metadata.at("labels").get<config::Labels>();
  map.entries = object.at("data").get<std::map<std::string, std::string>>();
  return map;
}

}  // namespace mlgateway::api
