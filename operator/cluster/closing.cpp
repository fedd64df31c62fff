#include "operator/cluster/closing.hpp"

#include <algorithm>

#include "operator/api/json_fields.hpp"
#include "operator/kube/json_text.hpp"
#include "operator/kube/label_selector.hpp"
#include "operator/render/owner.hpp"
#include "operator/workload/names.hpp"
#include "operator/workload/workload.hpp"

namespace mlgateway::cluster {
namespace {

using api::member;
using Json = nlohmann::json;
using Pods = std::vector<const workload::Pod*>;

Pods those_of(const api::VersionSpec& version, const std::vector<workload::Pod>& pods) {
  Pods found;
  for (const workload::Pod& pod : pods) {
    if (workload::selects(version, pod.labels)) found.push_back(&pod);
  }
  return found;
}

bool any_selected(const api::VersionSpec& version, const Pods& pods) {
  return std::any_of(pods.begin(), pods.end(),
                     [&](const workload::Pod* pod) { return workload::selects(version, pod->labels); });
}

// Those of every version that any of `pods` is: policies add up, and one would open what the other closes.
std::set<std::uint16_t> model_ports(const Pods& pods, const std::vector<api::MLRoute>& routes) {
  std::set<std::uint16_t> ports;
  for (const api::MLRoute& route : routes) {
    for (const api::VersionSpec& version : route.versions) {
      if (version.pods && any_selected(version, pods)) ports.insert(version.pods->port);
    }
  }
  return ports;
}

std::set<std::uint16_t> sidecar_ports(const Pods& pods) {
  std::set<std::uint16_t> ports;
  for (const workload::Pod* pod : pods) ports.insert({pod->data_port, pod->admin_port});
  if (ports.empty()) ports = {workload::kUsualDataPort, workload::kUsualAdminPort};
  return ports;
}

bool is_ours(const Json& policy) {
  return member(member(policy.at("metadata"), "labels"), render::kRouteLabel).is_string();
}

// Whether it rules what comes in to any of `pods`.
bool rules(const Json& policy, const Pods& pods) {
  const Json& spec = member(policy, "spec");
  const Json& types = member(spec, "policyTypes");
  if (!types.empty() && std::find(types.begin(), types.end(), "Ingress") == types.end()) return false;
  return std::any_of(pods.begin(), pods.end(),
                     [&](const workload::Pod* pod) { return kube::selects(member(spec, "podSelector"), pod->labels); });
}

bool admits(const Json& entry, std::uint16_t port) {
  if (const Json& protocol = member(entry, "protocol"); !protocol.is_null() && protocol != "TCP") return false;
  const Json& first = member(entry, "port");
  if (first.is_null()) return true;
  // A name is looked up in each pod by the network: it may be this one.
  if (!first.is_number_integer()) return true;
  const Json& last = member(entry, "endPort");
  return first <= port && (last.is_null() ? first == port : last >= port);
}

bool admits_some(const Json& policy, std::uint16_t port) {
  const Json& ingress = member(member(policy, "spec"), "ingress");
  return std::any_of(ingress.begin(), ingress.end(), [&](const Json& rule) {
    const Json& ports = member(rule, "ports");
    return ports.empty() || std::any_of(ports.begin(), ports.end(), [&](const Json& p) { return admits(p, port); });
  });
}

bool is_closed_already(const std::string& name, const std::vector<kube::Object>& policies) {
  return std::any_of(policies.begin(), policies.end(), [&](const kube::Object& policy) {
    return is_ours(*policy) && kube::key_of(*policy).name == name;
  });
}

bool all_have_sidecars(const api::VersionSpec& version, const Terrain& terrain) {
  return std::none_of(terrain.plain.begin(), terrain.plain.end(),
                      [&](const workload::PlainPod& pod) { return workload::selects(version, pod.labels); });
}

}  // namespace

Closing closing_of(const api::MLRoute& route, const Terrain& terrain) {
  Closing closing;
  for (const api::VersionSpec& version : route.versions) {
    const Pods pods = those_of(version, terrain.pods);
    const bool closed = is_closed_already(render::policy_name(route.key.name, version.name), terrain.policies);
    if (!version.pods || (!closed && (pods.empty() || !all_have_sidecars(version, terrain)))) continue;
    render::Closure closure{version.name, version.pods->match_labels, model_ports(pods, terrain.routes),
                            sidecar_ports(pods), false};
    closure.models.insert(version.pods->port);
    for (const kube::Object& policy : terrain.policies) {
      if (is_ours(*policy) || !rules(*policy, pods)) continue;
      closure.ruled_by_others = true;
      if (!admits_some(*policy, version.pods->port)) continue;
      closing.open.push_back("NetworkPolicy '" + kube::key_of(*policy).name + "' admits port " +
                             std::to_string(version.pods->port) + " of the pods of version '" + version.name + "'");
    }
    closing.closures.push_back(std::move(closure));
  }
  return closing;
}

}  // namespace mlgateway::cluster
