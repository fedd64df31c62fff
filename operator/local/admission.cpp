#include "operator/local/admission.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

#include "operator/api/base64.hpp"
#include "operator/api/label_key.hpp"
#include "operator/api/timestamp.hpp"
#include "operator/local/embedded.hpp"
#include "operator/quota/rules.hpp"
#include "operator/quota/semantics.hpp"
#include "operator/route/rules.hpp"
#include "operator/route/semantics.hpp"
#include "operator/schema/check.hpp"
#include "operator/schema/defaults.hpp"
#include "sidecar/config/digest.hpp"

namespace mlgateway::local {
namespace {

using Json = nlohmann::json;

constexpr const char* kOurVersion = "mlgateway.io/v1alpha1";

std::string member_text(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

// Empty when the document names a kind that is known.
std::string kind_fault(const Json& object) {
  const std::string version = member_text(object, "apiVersion");
  const std::string kind = member_text(object, "kind");
  const bool ours = is_ours(kind) && version == kOurVersion;
  const bool core = (kind == "Secret" || kind == "ConfigMap") && version == "v1";
  if (ours || core) return "";
  if (kind.empty()) return "kind: is required";
  if (version.empty()) return "apiVersion: is required";
  return "kind '" + kind + "' of apiVersion '" + version + "' is not known; expected MLRoute or MLQuota of " +
         kOurVersion + ", Secret or ConfigMap of v1";
}

// The key as far as metadata says one.
std::optional<api::ObjectKey> key_of(const Json& object) {
  const auto metadata = object.find("metadata");
  if (metadata == object.end() || !metadata->is_object()) return std::nullopt;
  const std::string name = member_text(*metadata, "name");
  if (name.empty()) return std::nullopt;
  const std::string space = member_text(*metadata, "namespace");
  return api::ObjectKey{space.empty() ? "default" : space, name};
}

// Why nothing can be called that; empty: it can. Asked before all else, since names become names of files.
std::string name_fault(const schema::Schema& metadata, const api::ObjectKey& key) {
  const Json named = {{"name", key.name}, {"namespace", key.namespace_name}};
  const schema::Faults faults = schema::check(metadata, named, "metadata");
  return faults.empty() ? "" : faults.front().path + ": " + faults.front().words;
}

// Fields that `kubectl get -o yaml` writes and that nobody can mean here.
void drop_server_fields(Json& object) {
  if (is_ours(member_text(object, "kind"))) object.erase("status");
  Json& metadata = object.at("metadata");
  const auto created = metadata.find("creationTimestamp");
  if (created != metadata.end() && created->is_null()) metadata.erase(created);
}

schema::Faults check_metadata(const schema::Schema& schema, const Json& metadata) {
  schema::Faults faults = schema::check(schema, metadata, "metadata");
  for (const char* field : {"labels", "annotations"}) {
    const auto found = metadata.find(field);
    if (found == metadata.end() || !found->is_object()) continue;
    for (const auto& [key, value] : found->items()) {
      if (api::is_label_key(key)) continue;
      faults.push_back({schema::child(std::string("metadata.") + field, key), "is not a valid key"});
    }
  }
  const std::string created = member_text(metadata, "creationTimestamp");
  if (!created.empty() && !api::parse_timestamp(created)) {
    faults.push_back({"metadata.creationTimestamp", "must be a time as in RFC 3339, is '" + created + "'"});
  }
  return faults;
}

// Everything but metadata, which is checked apart: a schema may say something of the name only.
Json without_metadata(const Json& object) {
  Json rest = object;
  if (is_ours(member_text(rest, "kind"))) {
    rest["metadata"] = {{"name", object.at("metadata").at("name")}};
  } else {
    for (const char* field : {"apiVersion", "kind", "metadata"}) rest.erase(field);
  }
  return rest;
}

schema::Faults check_route(const Json& object, const schema::Faults& before) {
  schema::Faults faults = schema::check_rules(route::rules(), object, before);
  if (!before.empty() || !faults.empty()) return faults;
  return route::check_semantics(api::mlroute_from(object));
}

schema::Faults check_quota(const Json& object, const schema::Faults& before) {
  schema::Faults faults = schema::check_rules(quota::rules(), object, before);
  if (!before.empty() || !faults.empty()) return faults;
  return quota::check_semantics(api::mlquota_from(object));
}

schema::Faults check_secret(const Json& object, const schema::Faults& before) {
  schema::Faults faults;
  if (!before.empty()) return faults;
  for (const auto& [name, value] : object.at("data").items()) {
    if (api::decode_base64(value.get_ref<const std::string&>())) continue;
    faults.push_back({schema::child("data", name), "must be base64; `stringData` takes plain text"});
  }
  return faults;
}

// What the schema of its kind cannot see; `before` is what it saw.
schema::Faults check_beyond_schema(const std::string& kind, const Json& object, const schema::Faults& before) {
  if (kind == "MLRoute") return check_route(object, before);
  if (kind == "MLQuota") return check_quota(object, before);
  return kind == "Secret" ? check_secret(object, before) : schema::Faults();
}

std::shared_ptr<const GoodObject> good_object(const std::string& kind, Json object) {
  GoodObject good;
  if (kind == "Secret") good.secret = api::secret_from(object);
  if (kind == "ConfigMap") good.config_map = api::config_map_from(object);
  if (kind == "MLRoute") good.route = api::mlroute_from(object);
  if (kind == "MLQuota") good.quota = api::mlquota_from(object);
  if (is_ours(kind)) good.object = std::move(object);
  return std::make_shared<const GoodObject>(std::move(good));
}

std::string hash_of(Json object) {
  object.erase("metadata");
  return config::to_hex(config::sha256(object.dump()));
}

Result<schema::Schema> schema_of_crd(std::string_view text) {
  const YamlFile crd = read_yaml(text);
  if (crd.fault) return Error(Reason::InvalidConfig, "a schema is not YAML");
  return schema::compile(crd.documents.front().value.at("/spec/versions/0/schema/openAPIV3Schema"_json_pointer));
}

}  // namespace

bool is_ours(std::string_view kind) { return kind == "MLRoute" || kind == "MLQuota"; }

std::string to_string(const ObjectId& id) {
  std::string kind = id.kind;
  for (char& c : kind) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return kind + " " + api::to_string(id.key);
}

Result<Admission> Admission::make() {
  const YamlFile core = read_yaml(kCoreSchemas);
  if (core.fault) return Error(Reason::InvalidConfig, "the schemas are not YAML");
  const Json& core_schemas = core.documents.front().value;
  auto mlroute = schema_of_crd(kMlRoutesCrd);
  auto mlquota = schema_of_crd(kMlQuotasCrd);
  auto metadata = schema::compile(core_schemas.at("metadata"), "metadata");
  auto secret = schema::compile(core_schemas.at("Secret"));
  auto config_map = schema::compile(core_schemas.at("ConfigMap"));
  for (const auto* compiled : {&mlroute, &mlquota, &metadata, &secret, &config_map}) {
    if (!*compiled) return compiled->error();
  }
  Admission admission;
  admission.mlroute_ = std::move(*mlroute);
  admission.mlquota_ = std::move(*mlquota);
  admission.metadata_ = std::move(*metadata);
  admission.secret_ = std::move(*secret);
  admission.config_map_ = std::move(*config_map);
  return admission;
}

Reading Admission::read(const std::string& file, std::string_view text) const {
  Reading reading;
  const YamlFile yaml = read_yaml(text);
  for (const YamlDocument& document : yaml.documents) admit(file, document, reading);
  if (yaml.fault) reading.unreadable.push_back({file, yaml.fault->line, yaml.fault->words, std::nullopt});
  return reading;
}

void Admission::admit(const std::string& file, const YamlDocument& document, Reading& reading) const {
  const auto refuse = [&](std::string words, std::optional<api::ObjectKey> key) {
    reading.unreadable.push_back({file, document.line, std::move(words), std::move(key)});
  };
  if (!document.value.is_object()) return refuse("a manifest must be an object", std::nullopt);
  const auto key = key_of(document.value);
  if (const std::string fault = kind_fault(document.value); !fault.empty()) return refuse(fault, key);
  if (!key) return refuse("metadata.name: is required", std::nullopt);
  if (const auto fault = name_fault(metadata_, *key); !fault.empty()) return refuse(fault, std::nullopt);

  Json object = document.value;
  drop_server_fields(object);
  Manifest manifest{{object.at("kind"), *key}, file, document.line, hash_of(object), {}, {}, {}};
  schema::apply_defaults(metadata_, object.at("metadata"));
  schema::Faults faults = check_metadata(metadata_, object.at("metadata"));
  manifest.created = api::parse_timestamp(member_text(object.at("metadata"), "creationTimestamp"));

  const schema::Schema& schema = schema_of(manifest.id.kind);
  schema::apply_defaults(schema, object);
  const schema::Faults found = schema::check(schema, without_metadata(object));
  faults.insert(faults.end(), found.begin(), found.end());
  const schema::Faults broken = check_beyond_schema(manifest.id.kind, object, faults);
  faults.insert(faults.end(), broken.begin(), broken.end());
  if (faults.empty()) manifest.good = good_object(manifest.id.kind, std::move(object));
  for (const schema::Fault& fault : faults) {
    const std::string place = file + ":" + std::to_string(document.line_of(fault.path)) + ": ";
    manifest.faults.push_back(place + (fault.path.empty() ? "" : fault.path + ": ") + fault.words);
  }
  reading.manifests.push_back(std::move(manifest));
}

schema::Schema const& Admission::schema_of(const std::string& kind) const {
  if (kind == "MLRoute") return mlroute_;
  if (kind == "MLQuota") return mlquota_;
  return kind == "Secret" ? secret_ : config_map_;
}

}  // namespace mlgateway::local
