// The objects of one kind as they were last heard of.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "operator/api/object_key.hpp"
#include "operator/kube/watch_machine.hpp"

namespace mlgateway::kube {

// Never changes; whoever holds it keeps it.
using Object = std::shared_ptr<const nlohmann::json>;

// What happened to one object. `before` is null when it is new, `after` when it is gone; both are set, and the same,
// when a resync brings it up again.
struct Change {
  api::ObjectKey key;
  Object before;
  Object after;
};

// Safe from any thread. What is read may be behind the cluster; writes carry the version that they were planned from.
class Store {
 public:
  // Null when it is not there.
  Object get(const api::ObjectKey& key) const;
  // In the order of their keys.
  std::vector<Object> all() const;
  std::vector<Object> all(const std::string& namespace_name) const;
  std::size_t size() const;

  // Takes what a watch found. The same version again is no change.
  std::vector<Change> apply(Delta delta);

 private:
  std::vector<Change> replace(std::vector<nlohmann::json> objects);
  std::vector<Change> put(nlohmann::json object);
  std::vector<Change> remove(nlohmann::json object);

  mutable std::mutex mutex_;
  std::map<api::ObjectKey, Object> objects_;
};

}  // namespace mlgateway::kube
