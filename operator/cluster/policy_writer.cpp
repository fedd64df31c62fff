#include "operator/cluster/policy_writer.hpp"

#include <set>
#include <utility>

#include "operator/cluster/owned.hpp"
#include "operator/kube/json_text.hpp"
#include "operator/render/owner.hpp"

namespace mlgateway::cluster {
namespace {

using Json = nlohmann::json;

kube::Object of_name(const std::vector<kube::Object>& policies, const std::string& name) {
  for (const kube::Object& policy : policies) {
    if (kube::key_of(*policy).name == name) return policy;
  }
  return nullptr;
}

}  // namespace

std::string PolicyWriter::write(const Json& route, const Closing& closing, const std::stop_token& stop,
                                std::vector<kube::Fault>& faults) const {
  const std::vector<kube::Object> policies = caches_.policies(kube::key_of(route).namespace_name);
  std::set<std::string> names;
  std::string words;
  for (const render::Closure& closure : closing.closures) {
    Json wanted = render::network_policy(route, closure);
    const std::string name = kube::key_of(wanted).name;
    names.insert(name);
    std::string why =
        put_owned(writer_, kube::kNetworkPolicies, std::move(wanted), route, of_name(policies, name), stop, faults);
    if (!why.empty()) words = std::move(why);
  }
  for (const kube::Object& policy : policies) {
    const api::ObjectKey key = kube::key_of(*policy);
    if (!render::is_owned_by(*policy, route) || names.contains(key.name)) continue;
    const auto removed =
        writer_.send(kube::remove(kube::kNetworkPolicies, key, kube::uid_of(*policy), kube::version_of(*policy)), stop);
    if (!removed && removed.fault().kind != kube::FaultKind::NotFound) faults.push_back(removed.fault());
  }
  return words;
}

}  // namespace mlgateway::cluster
