#include "operator/render/service.hpp"

#include <algorithm>

#include "operator/render/owner.hpp"

namespace mlgateway::render {

using Json = nlohmann::json;

std::string service_name(const std::string& route) { return route + "-gateway"; }

void add_service_hosts(config::Route& route) {
  if (route.hostnames.empty()) return;
  const std::string name = service_name(route.name);
  const std::string in_namespace = name + "." + route.namespace_name;
  for (const std::string& host : {name, in_namespace, in_namespace + ".svc", in_namespace + ".svc.cluster.local"}) {
    const auto known = std::find(route.hostnames.begin(), route.hostnames.end(), host);
    if (known == route.hostnames.end()) route.hostnames.push_back(host);
  }
}

Json service(const Json& route, const std::string& pod_label, const Json& port) {
  const Json http = {
      {"name", "http"}, {"port", 80}, {"targetPort", port}, {"protocol", "TCP"}, {"appProtocol", "http"}};
  Json made = owned_by(route, service_name(route.at("metadata").at("name")));
  made["spec"] = {{"selector", {{pod_label, "true"}}}, {"ports", Json::array({http})}};
  return made;
}

}  // namespace mlgateway::render
