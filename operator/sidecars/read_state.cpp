#include <nlohmann/json.hpp>

#include "operator/api/decimal.hpp"
#include "operator/sidecars/sidecar_client.hpp"

namespace mlgateway::sidecars {
namespace {

using Json = nlohmann::json;

api::Loaded loaded_from(const Json& json) {
  return {{json.at("namespace"), json.at("name")}, json.at("generation"), json.at("hash")};
}

// What is no decimal throws, as what is no string does.
config::Millionths amount_from(const Json& json) {
  const auto amount = api::parse_decimal(json.get_ref<const std::string&>());
  if (!amount) throw Json::other_error::create(501, "not a decimal", &json);
  return *amount;
}

api::LimitUse limit_from(const Json& json) {
  api::LimitUse use{json.at("tier"),    json.at("name"),           amount_from(json.at("holds")), 0,
                    json.at("refused"), json.at("refusedLastHour")};
  if (const Json& fullest = json.at("fullest"); fullest.is_object()) use.used = amount_from(fullest.at("used"));
  return use;
}

api::QuotaUse use_from(const Json& json) {
  api::QuotaUse use{{json.at("namespace"), json.at("name")}, {}};
  for (const Json& limit : json.at("limits")) use.limits.push_back(limit_from(limit));
  return use;
}

State parse(const Json& json) {
  State state;
  const Json& config = json.at("config");
  if (config.at("hash").is_string()) state.config_hash = config.at("hash");
  if (config.at("error").is_object()) state.report.config_error = config.at("error").at("message");
  for (const Json& route : json.at("routes")) state.report.routes.push_back(loaded_from(route));
  for (const Json& quota : json.value("quotas", Json::array())) {
    state.report.quotas.push_back(loaded_from(quota));
    state.report.uses.push_back(use_from(quota));
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
