#include "operator/cluster/owned.hpp"

#include <memory>
#include <utility>

#include "operator/kube/json_text.hpp"
#include "operator/render/owner.hpp"

namespace mlgateway::cluster {
namespace {

using Json = nlohmann::json;

// Of Services and NetworkPolicies.
constexpr const char* kOwnedManager = "mlgateway-route";

}  // namespace

std::string put_owned(const Writer& writer, const kube::Resource& resource, Json wanted, const Json& route,
                      kube::Object known, const std::stop_token& stop, std::vector<kube::Fault>& faults) {
  const api::ObjectKey name = kube::key_of(wanted);
  if (!known) {
    // The cache has only what carries our label, and may be behind.
    auto found = writer.send(kube::get(resource, name), stop);
    if (found) known = std::make_shared<const Json>(std::move(*found));
    if (!found && found.fault().kind != kube::FaultKind::NotFound) {
      faults.push_back(found.fault());
      return "";
    }
  }
  if (known && !render::is_owned_by(*known, route)) {
    return "there is a " + std::string(resource.kind) + " '" + name.name +
           "' which is not this route's; it is left alone";
  }
  if (known && render::says_all(*known, wanted)) return "";
  if (known) wanted["metadata"]["resourceVersion"] = kube::version_of(*known);
  const auto applied = writer.send(kube::apply(resource, wanted, kOwnedManager, kube::Force::Yes), stop);
  if (!applied) faults.push_back(applied.fault());
  return "";
}

}  // namespace mlgateway::cluster
