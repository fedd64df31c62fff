// Everything that the operator watches, and who is told of a change.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "operator/cluster/world.hpp"
#include "operator/kube/informer.hpp"

namespace mlgateway::cluster {

// Whom a change concerns. Called from the informers' threads; must be quick.
struct Concerned {
  std::function<void(const std::string&)> namespace_name;
  std::function<void(const api::ObjectKey&)> pod;
};

// Safe from any thread.
class Caches {
 public:
  // Watches these namespaces, all of them where the list is empty. `client` and what `concerned` touches must outlive
  // it.
  Caches(kube::Client& client, const std::vector<std::string>& namespaces, const Concerned& concerned);
  ~Caches();

  // Whether everything that is there has been listed once.
  bool synced() const;
  // Waits for it; false: `stop` came first.
  bool wait_synced(const std::stop_token& stop) const;

  Objects objects(const std::string& namespace_name) const;
  kube::Object pod(const api::ObjectKey& key) const;
  // One of the workloads' Secrets; null when it is not there, or not ours.
  kube::Object config_secret(const api::ObjectKey& key) const;
  // One of the routes' Services; null when it is not there, or not ours.
  kube::Object service(const api::ObjectKey& key) const;
  // All of the namespace, whoever's.
  std::vector<kube::Object> policies(const std::string& namespace_name) const;

 private:
  struct Scope;
  const Scope* scope(const std::string& namespace_name) const;

  std::vector<std::unique_ptr<Scope>> scopes_;
};

}  // namespace mlgateway::cluster
