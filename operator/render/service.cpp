#include "operator/render/service.hpp"

#include <algorithm>
#include <utility>

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
  const auto port_of = [&](const char* scheme, int number) {
    return Json{{"name", scheme}, {"port", number}, {"targetPort", port}, {"protocol", "TCP"}, {"appProtocol", scheme}};
  };
  Json ports = Json::array({port_of("http", 80)});
  // The first stays: who still calls it is told so, and not just refused.
  if (route.contains("/spec/tls"_json_pointer)) ports.push_back(port_of("https", 443));
  Json made = owned_by(route, service_name(route.at("metadata").at("name")));
  made["spec"] = {{"selector", {{pod_label, "true"}}}, {"ports", std::move(ports)}};
  return made;
}

}  // namespace mlgateway::render
