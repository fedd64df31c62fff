#include "operator/api/secret.hpp"

#include <nlohmann/json.hpp>

#include "operator/api/base64.hpp"

namespace mlgateway::api {

Secret secret_from(const nlohmann::json& object) {
  const auto& metadata = object.at("metadata");
  Secret secret;
  secret.key = {metadata.at("namespace"), metadata.at("name")};
  secret.labels = metadata.at("labels").get<config::Labels>();
  secret.annotations = metadata.at("annotations").get<config::Labels>();
  for (const auto& [name, value] : object.at("data").items()) {
    secret.entries[name] = decode_base64(value.get_ref<const std::string&>()).value();
  }
  for (const auto& [name, value] : object.at("stringData").items()) secret.entries[name] = value;
  return secret;
}

}  // namespace mlgateway::api
