#include "operator/cluster/caches.hpp"

#include <algorithm>

#include "operator/render/owner.hpp"
#include "operator/route/keys.hpp"
#include "operator/workload/names.hpp"

namespace mlgateway::cluster {
namespace {

using kube::Change;
using kube::Informer;
using kube::InformerOptions;

InformerOptions options(const kube::Resource& resource, const std::string& namespace_name,
                        const std::string& labels = "") {
  InformerOptions options{.resource = resource};
  options.selection = {namespace_name, labels, ""};
  return options;
}

// All of them: a pod that a route selects and that has no sidecar has to be told of.
InformerOptions pods(const std::string& namespace_name) {
  InformerOptions options = cluster::options(kube::kPods, namespace_name);
  options.trim = workload::trim;
  return options;
}

std::string config_label() { return std::string(workload::kConfigLabel) + "=" + workload::kConfigLabelValue; }

bool has_sidecar(const kube::Object& pod) { return pod && workload::pod_from(*pod); }

// A pod changes with every probe; only some of it concerns its configuration.
bool same_for_us(const Change& change) {
  if (!change.before || !change.after || change.before == change.after) return false;
  auto before = workload::pod_from(*change.before);
  const auto after = workload::pod_from(*change.after);
  // The nudge is our own.
  if (before && after) before->nudge = after->nudge;
  return before == after && workload::plain_pod_from(*change.before) == workload::plain_pod_from(*change.after);
}

}  // namespace

// The informers of one namespace, or of all.
struct Caches::Scope {
  Scope(kube::Client& client, std::string name, const Concerned& concerned)
      : namespace_name(std::move(name)),
        tell([concerned](const Change& change) { concerned.namespace_name(change.key.namespace_name); }),
        tell_pod([concerned](const Change& change) {
          if (same_for_us(change)) return;
          concerned.namespace_name(change.key.namespace_name);
          if (has_sidecar(change.before) || has_sidecar(change.after)) concerned.pod(change.key);
        }),
        routes(client, options(kube::kMlRoutes, namespace_name), tell),
        quotas(client, options(kube::kMlQuotas, namespace_name), tell),
        secrets(client, options(kube::kSecrets, namespace_name, route::kUseLabel), tell),
        config_maps(client, options(kube::kConfigMaps, namespace_name, route::kUseLabel), tell),
        configs(client, options(kube::kSecrets, namespace_name, config_label()), tell),
        services(client, options(kube::kServices, namespace_name, render::kRouteLabel), tell),
        policies(client, options(kube::kNetworkPolicies, namespace_name), tell),
        pods(client, cluster::pods(namespace_name), tell_pod) {}

  std::vector<const Informer*> all() const {
    return {&routes, &quotas, &secrets, &config_maps, &configs, &services, &policies, &pods};
  }

  const std::string namespace_name;  // empty: all
  const Informer::Changed tell;
  const Informer::Changed tell_pod;
  Informer routes;
  Informer quotas;
  Informer secrets;
  Informer config_maps;
  Informer configs;
  Informer services;
  Informer policies;
  Informer pods;
};

Caches::Caches(kube::Client& client, const std::vector<std::string>& namespaces, const Concerned& concerned) {
  if (namespaces.empty()) scopes_.push_back(std::make_unique<Scope>(client, "", concerned));
  for (const std::string& name : namespaces) scopes_.push_back(std::make_unique<Scope>(client, name, concerned));
}

Caches::~Caches() = default;

bool Caches::synced() const {
  return std::all_of(scopes_.begin(), scopes_.end(), [](const auto& scope) {
    const auto all = scope->all();
    return std::all_of(all.begin(), all.end(), [](const Informer* informer) { return informer->synced(); });
  });
}

bool Caches::wait_synced(const std::stop_token& stop) const {
  return std::all_of(scopes_.begin(), scopes_.end(),
                     [&](const auto& scope) { return kube::wait_synced(scope->all(), Instant::max(), stop); });
}

const Caches::Scope* Caches::scope(const std::string& namespace_name) const {
  for (const auto& scope : scopes_) {
    if (scope->namespace_name.empty() || scope->namespace_name == namespace_name) return scope.get();
  }
  return nullptr;
}

Objects Caches::objects(const std::string& namespace_name) const {
  const Scope* const found = scope(namespace_name);
  if (found == nullptr) return {};
  return {found->routes.store().all(namespace_name),  found->quotas.store().all(namespace_name),
          found->secrets.store().all(namespace_name), found->config_maps.store().all(namespace_name),
          found->pods.store().all(namespace_name),    found->policies.store().all(namespace_name)};
}

kube::Object Caches::pod(const api::ObjectKey& key) const {
  const Scope* const found = scope(key.namespace_name);
  return found == nullptr ? nullptr : found->pods.store().get(key);
}

kube::Object Caches::config_secret(const api::ObjectKey& key) const {
  const Scope* const found = scope(key.namespace_name);
  return found == nullptr ? nullptr : found->configs.store().get(key);
}

kube::Object Caches::service(const api::ObjectKey& key) const {
  const Scope* const found = scope(key.namespace_name);
  return found == nullptr ? nullptr : found->services.store().get(key);
}

std::vector<kube::Object> Caches::policies(const std::string& namespace_name) const {
  const Scope* const found = scope(namespace_name);
  return found == nullptr ? std::vector<kube::Object>() : found->policies.store().all(namespace_name);
}

}  // namespace mlgateway::cluster
