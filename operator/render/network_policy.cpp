#include "operator/render/network_policy.hpp"

#include <utility>

#include "operator/render/owner.hpp"
#include "sidecar/config/digest.hpp"

namespace mlgateway::render {
namespace {

using Json = nlohmann::json;

constexpr std::uint32_t kLastPort = 65535;
constexpr std::size_t kHashLength = 5;

Json range(const char* protocol, std::uint32_t first, std::uint32_t last) {
  Json ports = {{"protocol", protocol}, {"port", first}};
  if (last > first) ports["endPort"] = last;
  return ports;
}

// Singly, since some networks read over endPort.
Json sidecar_ports(const Closure& closure) {
  Json ports = Json::array();
  for (const std::uint16_t port : closure.sidecars) ports.push_back(range("TCP", port, port));
  return ports;
}

// All but the models'.
void open_others(const Closure& closure, Json& ports) {
  std::uint32_t first = 1;
  for (const std::uint16_t closed : closure.models) {
    if (closed > first) ports.push_back(range("TCP", first, closed - 1u));
    first = closed + 1u;
  }
  if (first <= kLastPort) ports.push_back(range("TCP", first, kLastPort));
  for (const char* protocol : {"UDP", "SCTP"}) ports.push_back(range(protocol, 1, kLastPort));
}

}  // namespace

std::string policy_name(const std::string& route, const std::string& version) {
  const std::string whole = route + "/" + version;
  return route + "-" + version + "-" + config::to_hex(config::sha256(whole)).substr(0, kHashLength);
}

Json network_policy(const Json& route, const Closure& closure) {
  Json ports = sidecar_ports(closure);
  if (!closure.ruled_by_others) open_others(closure, ports);
  Json policy = owned_by(route, policy_name(route.at("metadata").at("name"), closure.version));
  policy["spec"] = {{"podSelector", {{"matchLabels", closure.pods}}},
                    {"policyTypes", Json::array({"Ingress"})},
                    {"ingress", Json::array({{{"ports", std::move(ports)}}})}};
  return policy;
}

}  // namespace mlgateway::render
