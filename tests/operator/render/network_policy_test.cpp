#include "operator/render/network_policy.hpp"

#include <gtest/gtest.h>

namespace mlgateway::render {
namespace {

using Json = nlohmann::json;

const Json kRoute = {{"apiVersion", "mlgateway.io/v1alpha1"},
                     {"kind", "MLRoute"},
                     {"metadata", {{"namespace", "models"}, {"name", "iris"}, {"uid", "u"}}}};

Closure closure(std::set<std::uint16_t> models) { return {"v1", {{"app", "iris"}}, std::move(models), {15800}, false}; }

Json ports(const Closure& closure) { return network_policy(kRoute, closure).at("/spec/ingress/0/ports"_json_pointer); }

// Whether TCP to `port` is admitted.
bool admitted(const Json& ports, int port) {
  for (const Json& entry : ports) {
    if (entry.at("protocol") != "TCP") continue;
    if (entry.at("port") <= port && entry.value("endPort", entry.at("port").get<int>()) >= port) return true;
  }
  return false;
}

TEST(NetworkPolicy, ClosesTheModelsPortsAndNoOther) {
  const Json some = ports(closure({8080, 9000}));
  for (const int port : {1, 80, 8079, 8081, 8999, 9001, 15800, 65535}) EXPECT_TRUE(admitted(some, port)) << port;
  for (const int port : {8080, 9000}) EXPECT_FALSE(admitted(some, port)) << port;
}

TEST(NetworkPolicy, ClosesTheFirstAndTheLastPort) {
  const Json some = ports(closure({1, 2, 65535}));
  for (const int port : {1, 2, 65535}) EXPECT_FALSE(admitted(some, port)) << port;
  for (const int port : {3, 65534}) EXPECT_TRUE(admitted(some, port)) << port;
}

TEST(NetworkPolicy, AdmitsOtherProtocols) {
  const Json some = ports(closure({8080}));
  EXPECT_NE(std::find(some.begin(), some.end(), Json({{"protocol", "UDP"}, {"port", 1}, {"endPort", 65535}})),
            some.end());
}

TEST(NetworkPolicy, NamesTheSidecarsPortsSingly) {
  EXPECT_EQ(ports(closure({8080})).front(), Json({{"protocol", "TCP"}, {"port", 15800}}));
}

TEST(NetworkPolicy, UndoesNoOther) {
  Closure ruled = closure({8080});
  ruled.ruled_by_others = true;
  EXPECT_EQ(ports(ruled), Json::array({{{"protocol", "TCP"}, {"port", 15800}}}));
}

TEST(NetworkPolicy, RulesWhatComesInToThePodsOfTheVersion) {
  const Json policy = network_policy(kRoute, closure({8080}));
  EXPECT_EQ(policy.at("/spec/podSelector"_json_pointer), Json({{"matchLabels", {{"app", "iris"}}}}));
  EXPECT_EQ(policy.at("/spec/policyTypes"_json_pointer), Json::array({"Ingress"}));
  EXPECT_EQ(policy.at("/metadata/name"_json_pointer), policy_name("iris", "v1"));
}

TEST(NetworkPolicy, HasANameThatNoOtherHas) {
  EXPECT_NE(policy_name("a-b", "c"), policy_name("a", "b-c"));
  EXPECT_TRUE(policy_name("iris", "v1").starts_with("iris-v1-"));
}

}  // namespace
}  // namespace mlgateway::render
