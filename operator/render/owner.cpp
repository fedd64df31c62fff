#include "operator/render/owner.hpp"

#include <algorithm>

#include "operator/api/json_fields.hpp"

namespace mlgateway::render {

using api::member;
using Json = nlohmann::json;

Json owned_by(const Json& route, const std::string& name) {
  const Json& metadata = route.at("metadata");
  const Json owner = {{"apiVersion", route.at("apiVersion")},
                      {"kind", route.at("kind")},
                      {"name", metadata.at("name")},
                      {"uid", metadata.at("uid")},
                      {"controller", true}};
  return {{"metadata",
           {{"namespace", metadata.at("namespace")},
            {"name", name},
            {"labels", {{"app.kubernetes.io/managed-by", "mlgateway"}, {kRouteLabel, metadata.at("name")}}},
            {"ownerReferences", Json::array({owner})}}}};
}

bool is_owned_by(const Json& object, const Json& route) {
  const Json& owners = member(object.at("metadata"), "ownerReferences");
  const Json& uid = route.at("metadata").at("uid");
  return std::any_of(owners.begin(), owners.end(), [&](const Json& owner) { return member(owner, "uid") == uid; });
}

bool says_all(const Json& object, const Json& wanted) {
  if (wanted.is_object() && object.is_object()) {
    for (const auto& [name, value] : wanted.items()) {
      if (!says_all(member(object, name.c_str()), value)) return false;
    }
    return true;
  }
  if (wanted.is_array() && object.is_array()) {
    return std::equal(object.begin(), object.end(), wanted.begin(), wanted.end(), says_all);
  }
  return object == wanted;
}

}  // namespace mlgateway::render
