#include "operator/local/record.hpp"

#include <exception>
#include <utility>
#include <variant>

#include "operator/api/timestamp.hpp"
#include "operator/route/key_entry.hpp"
#include "operator/route/keys.hpp"
#include "sidecar/config/digest.hpp"
#include "sidecar/jose/key_set.hpp"

namespace mlgateway::local {
namespace {

using Json = nlohmann::json;

// What stays of an entry: a set of public keys, a key's digest, or nothing at all, which is no key either.
std::string without_key(const std::string& value) {
  if (jose::read_key_set(value)) return value;
  const auto entry = route::read_key_entry(value);
  const auto* digest = std::get_if<config::Digest>(&entry);
  return digest != nullptr ? "sha256:" + config::to_hex(*digest) : "";
}

Json to_json(const api::Secret& secret) {
  Json entries = Json::object();
  for (const auto& [name, value] : secret.entries) entries[name] = without_key(value);
  return {{"labels", secret.labels}, {"annotations", secret.annotations}, {"entries", entries}};
}

api::Secret secret_from(const api::ObjectKey& key, const Json& json) {
  return {key, json.at("labels"), json.at("annotations"), json.at("entries")};
}

// Of all that people keep in ConfigMaps, only key sets and certificates are of use later.
bool is_public(const std::string& value) {
  return jose::read_key_set(value) || value.find("-----BEGIN CERTIFICATE-----") != std::string::npos;
}

Json to_json(const api::ConfigMap& map) {
  Json entries = Json::object();
  for (const auto& [name, value] : map.entries) entries[name] = is_public(value) ? value : "";
  return {{"labels", map.labels}, {"entries", entries}};
}

Record parse(const Json& json) {
  Record record;
  record.id = {json.at("kind"), {json.at("namespace"), json.at("name")}};
  record.file = json.at("file");
  record.generation = json.at("generation");
  record.spec_hash = json.at("specHash");
  record.created = api::parse_timestamp(json.at("createdTime").get<std::string>()).value();
  record.good_generation = json.at("goodGeneration");
  return record;
}

// The good version as the file has it; none where there is none or it is no longer good.
std::shared_ptr<const GoodObject> good_from(const Json& json, const Record& record, const Admission& admission) {
  if (json.contains("secret")) {
    GoodObject good;
    good.secret = secret_from(record.id.key, json.at("secret"));
    return std::make_shared<const GoodObject>(std::move(good));
  }
  if (json.contains("configMap")) {
    GoodObject good;
    const Json& map = json.at("configMap");
    good.config_map = api::ConfigMap{record.id.key, map.at("labels"), map.at("entries")};
    return std::make_shared<const GoodObject>(std::move(good));
  }
  if (!json.contains("object")) return nullptr;
  // JSON is YAML, so the way in is the one that every manifest takes.
  const Reading again = admission.read(record.file, json.at("object").dump());
  return again.manifests.size() == 1 ? again.manifests.front().good : nullptr;
}

}  // namespace

Json to_json(const Record& record) {
  Json json = {{"kind", record.id.kind},
               {"namespace", record.id.key.namespace_name},
               {"name", record.id.key.name},
               {"file", record.file},
               {"generation", record.generation},
               {"specHash", record.spec_hash},
               {"createdTime", api::format_timestamp(record.created)},
               {"goodGeneration", record.good_generation}};
  if (!record.good) return json;
  const auto& [object, route, quota, secret, config_map] = *record.good;
  if (route || quota) json["object"] = object;
  if (secret && secret->labels.contains(mlgateway::route::kUseLabel)) json["secret"] = to_json(*secret);
  if (config_map && config_map->labels.contains(mlgateway::route::kUseLabel)) json["configMap"] = to_json(*config_map);
  return json;
}

std::optional<Record> record_from(const Json& json, const Admission& admission) {
  try {
    Record record = parse(json);
    record.good = good_from(json, record, admission);
    if (!record.good) record.good_generation = 0;
    return record;
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

bool same_on_disk(const Record& a, const Record& b) {
  return a.file == b.file && a.generation == b.generation && a.spec_hash == b.spec_hash && a.created == b.created &&
         a.good_generation == b.good_generation && a.good == b.good;
}

}  // namespace mlgateway::local
