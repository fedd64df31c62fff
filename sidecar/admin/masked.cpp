#include "sidecar/admin/masked.hpp"

#include <string>

#include "sidecar/config/render.hpp"

namespace mlgateway::admin {
namespace {

using nlohmann::json;

void mask(json& digest) {
  constexpr std::size_t kShownDigits = 8;
  digest = "sha256:" + digest.get<std::string>().substr(0, kShownDigits) + "…";
}

// What stands behind a question mark may be a key of its own.
void cut_query(json& url) {
  const std::string& text = url.get_ref<const std::string&>();
  if (const std::size_t query = text.find('?'); query != std::string::npos) url = text.substr(0, query) + "?…";
}

}  // namespace

json masked(const config::GatewayConfig& config) {
  json shown = json::parse(config::render(config));
  if (const auto token = shown.find("adminTokenDigest"); token != shown.end()) mask(*token);
  for (json& route : shown["routes"]) {
    if (const auto certificate = route.find("certificate"); certificate != route.end()) (*certificate)["key"] = "…";
    for (json& method : route["auth"]) {
      if (method.contains("/jwt/remote"_json_pointer)) cut_query(method["jwt"]["remote"]["url"]);
      if (const auto asked = method.find("introspection"); asked != method.end()) {
        cut_query((*asked)["url"]);
        (*asked)["clientSecret"] = "…";
      }
      for (json& set : method["keySets"]) {
        for (json& key : set["keys"]) mask(key["digest"]);
      }
    }
  }
  return shown;
}

}  // namespace mlgateway::admin
