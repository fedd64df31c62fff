#include <nlohmann/json.hpp>

#include "operator/sidecars/sidecar_client.hpp"

namespace mlgateway::sidecars {
namespace {

using Json = nlohmann::json;

State parse(const Json& json) {
  State state;
  const Json& config = json.at("config");
  if (config.at("hash").is_string()) state.config_hash = config.at("hash");
  if (config.at("error").is_object()) state.report.config_error = config.at("error").at("message");
  for (const Json& route : json.at("routes")) {
    state.report.routes.push_back(
        {{route.at("namespace"), route.at("name")}, route.at("generation"), route.at("hash")});
  }
  return state;
}

}  // namespace

State read_state(std::string_view body) {
  try {
    return parse(Json::parse(body));
  } catch (const Json::exception&) {
    State state;
    state.report.unreachable = "what answers at the sidecar's address does not speak as a sidecar";
    return state;
  }
}

}  // namespace mlgateway::sidecars
