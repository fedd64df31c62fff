#include "operator/render/service.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sidecar/config/check.hpp"

namespace mlgateway::render {
namespace {

using Json = nlohmann::json;

Json route(const std::string& uid = "u1") {
  return {{"apiVersion", "mlgateway.io/v1alpha1"},
          {"kind", "MLRoute"},
          {"metadata", {{"namespace", "models"}, {"name", "iris"}, {"uid", uid}}}};
}

TEST(Service, LeadsToThePodsThatRunTheRoute) {
  const Json made = service(route(), "mlgateway.io/route.iris", 15800);
  EXPECT_EQ(made.at("/metadata/name"_json_pointer), "iris-gateway");
  EXPECT_EQ(made.at("/metadata/namespace"_json_pointer), "models");
  EXPECT_EQ(made.at("/spec/selector"_json_pointer), Json({{"mlgateway.io/route.iris", "true"}}));
  EXPECT_EQ(made.at("/spec/ports/0/targetPort"_json_pointer), 15800);
}

TEST(Service, HasThePortOfHttpsAsWellForARouteByTls) {
  EXPECT_EQ(service(route(), "label", 15800).at("/spec/ports"_json_pointer).size(), 1u);
  Json secured = route();
  secured["spec"]["tls"]["secretRef"]["name"] = "iris-tls";
  const Json ports = service(secured, "label", 15800).at("/spec/ports"_json_pointer);
  ASSERT_EQ(ports.size(), 2u);
  EXPECT_EQ(ports[0].at("port"), 80);
  EXPECT_EQ(ports[1].at("port"), 443);
  EXPECT_EQ(ports[1].at("appProtocol"), "https");
  EXPECT_EQ(ports[1].at("targetPort"), 15800);
}

config::Route rendered(std::vector<std::string> hostnames) {
  config::Route route;
  route.namespace_name = "models";
  route.name = "iris";
  route.hostnames = std::move(hostnames);
  return route;
}

TEST(Service, IsCalledByTheNamesOfDns) {
  config::Route route = rendered({"iris.example.com", "iris-gateway.models"});
  add_service_hosts(route);
  EXPECT_THAT(route.hostnames,
              testing::ElementsAre("iris.example.com", "iris-gateway.models", "iris-gateway", "iris-gateway.models.svc",
                                   "iris-gateway.models.svc.cluster.local"));
}

TEST(Service, NarrowsNoRouteThatTakesAnyHost) {
  config::Route route = rendered({});
  add_service_hosts(route);
  EXPECT_TRUE(route.hostnames.empty());
}

TEST(Service, LeavesARouteThatTheSidecarsTake) {
  std::vector<std::string> most;
  for (int i = 0; i < 16; ++i) most.push_back("h" + std::to_string(i) + ".example.com");
  config::Route route = rendered(most);
  route.versions.resize(1);
  route.versions[0].name = "v1";
  route.versions[0].endpoint = {"127.0.0.1", 1};
  route.versions[0].weight = 100;
  route.model = "iris";
  route.auth = {{"anyone", config::AuthType::Anonymous, {}, {}}};
  add_service_hosts(route);
  config::GatewayConfig config;
  config.routes = {route};
  EXPECT_TRUE(config::check(config));
}

}  // namespace
}  // namespace mlgateway::render
