#include "operator/local/record.hpp"

#include <exception>
#include <variant>

#include "operator/api/timestamp.hpp"
#include "operator/route/key_entry.hpp"
#include "operator/route/keys.hpp"
#include "sidecar/config/digest.hpp"

namespace mlgateway::local {
namespace {

using Json = nlohmann::json;

// What stays of an entry: its digest, or nothing at all, which is no key either.
std::string without_key(const std::string& value) {
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

Record parse(const Json& json) {
  Record record;
  record.id = {json.at("kind"), {json.at("namespace"), json.at("name")}};
  record.file = json.at("file");
  record.generation = json.at("generation");
  record.spec_hash = json.at("specHash");
  record.created = api::parse_timestamp(json.at("createdTime").get<std::string>()).value();
  record.good_generation = json.at("goodGeneration");
  if (json.contains("object")) record.object = json.at("object");
  if (json.contains("secret")) record.secret = secret_from(record.id.key, json.at("secret"));
  return record;
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
  if (record.route) json["object"] = record.object;
  if (record.secret && record.secret->labels.contains(route::kUseLabel)) json["secret"] = to_json(*record.secret);
  return json;
}

std::optional<Record> record_from(const Json& json, const Admission& admission) {
  try {
    Record record = parse(json);
    if (record.object.is_null()) return record;
    // JSON is YAML, so the way in is the one that every manifest takes.
    const Reading again = admission.read(record.file, record.object.dump());
    if (again.manifests.size() == 1 && again.manifests.front().faults.empty()) {
      record.route = api::mlroute_from(record.object);
      return record;
    }
    record.object = nullptr;
    record.good_generation = 0;
    return record;
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

}  // namespace mlgateway::local
