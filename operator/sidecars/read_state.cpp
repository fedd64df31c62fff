#include <algorithm>
#include <cstdint>

#include <nlohmann/json.hpp>

#include "operator/api/decimal.hpp"
#include "operator/kube/json_text.hpp"
#include "operator/sidecars/sidecar_client.hpp"

namespace mlgateway::sidecars {
namespace {

using Json = nlohmann::json;

// Sums of a few thousand of them fit 63 bits, and no sidecar lives to count so far.
constexpr std::int64_t kMostCount = 1'000'000'000'000'000;
// An error goes into status, where others have to fit as well.
constexpr std::size_t kMostError = 1024;

Json::other_error nonsense(const char* words, const Json& json) { return Json::other_error::create(501, words, &json); }

std::int64_t count_from(const Json& json) {
  if (!json.is_number_integer()) throw nonsense("not a whole number", json);
  return std::clamp<std::int64_t>(json.get<std::int64_t>(), 0, kMostCount);
}

// Cut between characters, or the API server refuses the whole status.
std::string error_from(const Json& json) {
  std::string text = json;
  if (text.size() <= kMostError) return text;
  std::size_t end = kMostError;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

api::Loaded loaded_from(const Json& json) {
  return {{json.at("namespace"), json.at("name")}, count_from(json.at("generation")), json.at("hash")};
}

// What is no decimal throws, as what is no string does.
config::Millionths amount_from(const Json& json) {
  const auto amount = api::parse_decimal(json.get_ref<const std::string&>());
  if (!amount) throw nonsense("not a decimal", json);
  return *amount;
}

api::LimitUse limit_from(const Json& json) {
  api::LimitUse use{json.at("tier"),
                    json.at("name"),
                    amount_from(json.at("holds")),
                    0,
                    count_from(json.at("refused")),
                    count_from(json.at("refusedLastHour"))};
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
  if (config.at("error").is_object()) state.report.config_error = error_from(config.at("error").at("message"));
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
    if (const auto json = kube::parse_json(body)) return parse(*json);
  } catch (const Json::exception&) {
    // Said below.
  }
  State state;
  state.report.unreachable = "what answers at the sidecar's address does not speak as a sidecar";
  return state;
}

}  // namespace mlgateway::sidecars
