// What an API server does with a document before anybody sees it: kind, metadata, defaults, schema, rules.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "operator/api/config_map.hpp"
#include "operator/api/mlquota.hpp"
#include "operator/api/mlroute.hpp"
#include "operator/api/object_key.hpp"
#include "operator/api/secret.hpp"
#include "operator/local/yaml.hpp"
#include "operator/schema/schema.hpp"
#include "sidecar/base/clock.hpp"
#include "sidecar/base/result.hpp"

namespace mlgateway::local {

// Which object it is, and that is known even of a broken one.
struct ObjectId {
  std::string kind;  // MLRoute, MLQuota, Secret or ConfigMap
  api::ObjectKey key;
  auto operator<=>(const ObjectId&) const = default;
};

// Whether it is a kind of ours, with a status; the others are Kubernetes' own.
bool is_ours(std::string_view kind);

// "mlroute default/iris"
std::string to_string(const ObjectId& id);

// What a good document says. Shared, because it stays the same over many rounds.
struct GoodObject {
  nlohmann::json object;              // an MLRoute or MLQuota with its defaults
  std::optional<api::MLRoute> route;  // the same, typed
  std::optional<api::MLQuota> quota;  // ...
  std::optional<api::Secret> secret;
  std::optional<api::ConfigMap> config_map = {};
};

// A document that says which object it is. It is good when it has no faults.
struct Manifest {
  ObjectId id;
  std::string file;
  int line = 1;
  std::string spec_hash;                   // of all but the metadata, as it was written
  std::optional<WallTime> created;         // metadata.creationTimestamp
  std::vector<std::string> faults;         // "iris.yaml:12: spec.versions[1].weight: must be at most 100, is 140"
  std::shared_ptr<const GoodObject> good;  // none where there are faults
};

// A document, or the rest of a file, that cannot be read as an object of a known kind.
struct Unreadable {
  std::string file;
  int line = 1;
  std::string words;
  std::optional<api::ObjectKey> key;  // as far as it says one; none: it could have been any
};

// All that was found in one file.
struct Reading {
  std::vector<Manifest> manifests;
  std::vector<Unreadable> unreadable;
};

// Immutable once made; safe from any thread.
class Admission {
 public:
  // Compiles the schemas that the program carries. Fails only if they are wrong.
  static Result<Admission> make();

  Reading read(const std::string& file, std::string_view text) const;

 private:
  void admit(const std::string& file, const YamlDocument& document, Reading& reading) const;
  schema::Schema const& schema_of(const std::string& kind) const;

  schema::Schema metadata_;
  schema::Schema mlroute_;
  schema::Schema mlquota_;
  schema::Schema secret_;
  schema::Schema config_map_;
};

}  // namespace mlgateway::local
