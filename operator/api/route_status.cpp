#include "operator/api/route_status.hpp"

#include <nlohmann/json.hpp>

#include "operator/api/timestamp.hpp"

namespace mlgateway::api {
namespace {

using Json = nlohmann::json;

// The bounds of the status in crds/; the conditions' messages speak of what is beyond.
constexpr std::size_t kMostKeySets = 256;
constexpr std::size_t kMostRefused = 64;

Json to_json(const KeySetStatus& set) {
  Json json = {{"secret", set.secret}, {"keys", set.keys}, {"expired", set.expired}};
  for (const RefusedEntry& entry : set.refused) {
    if (json["refused"].size() == kMostRefused) break;
    json["refused"].push_back({{"entry", entry.entry}, {"reason", entry.reason}});
  }
  return json;
}

}  // namespace

Json to_json(const RouteStatus& status) {
  Json json = {{"observedGeneration", status.generation}, {"conditions", to_json(status.conditions)}};
  if (!status.weights.empty()) json["weights"] = status.weights;
  if (!status.programmed.empty()) json["programmed"] = status.programmed;
  for (const KeySetStatus& set : status.key_sets) {
    if (json["keySets"].size() == kMostKeySets) break;
    json["keySets"].push_back(to_json(set));
  }
  for (const TokenKeyStatus& keys : status.token_keys) {
    json["tokenKeys"].push_back({{"method", keys.method}, {"keys", keys.keys}, {"unused", keys.unused}});
  }
  if (status.certificate) {
    json["certificate"] = {{"secret", status.certificate->secret},
                           {"notAfter", format_timestamp(status.certificate->not_after)}};
  }
  return json;
}

}  // namespace mlgateway::api
