#include "sidecar/protocol/list_models.hpp"

#include <nlohmann/json.hpp>

namespace mlgateway::protocol {

std::string list_models(std::span<const std::string_view> models) {
  using Json = nlohmann::ordered_json;
  Json data = Json::array();
  for (const std::string_view model : models) {
    // Routes do not tell when a model was made; the field is required by clients' types.
    data.push_back({{"id", std::string(model)}, {"object", "model"}, {"created", 0}, {"owned_by", "mlgateway"}});
  }
  const Json list = {{"object", "list"}, {"data", std::move(data)}};
  return list.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace mlgateway::protocol
