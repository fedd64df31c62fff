#include "operator/local/status_folder.hpp"

#include <system_error>
#include <utility>

#include "operator/local/files.hpp"
#include "operator/local/object_file.hpp"
#include "operator/local/yaml.hpp"
#include "operator/local/yaml_writer.hpp"

namespace mlgateway::local {
namespace {

using Ordered = nlohmann::ordered_json;

std::string file_of(const ObjectId& id) { return object_file(id, ".yaml"); }

// Members in the order in which Kubernetes shows them.
Ordered in_order(const nlohmann::json& json, std::initializer_list<const char*> names) {
  Ordered ordered = Ordered::object();
  for (const char* name : names) {
    if (json.contains(name)) ordered[name] = json.at(name);
  }
  return ordered;
}

void order_items(Ordered& object, const char* list, std::initializer_list<const char*> names) {
  if (!object.contains(list)) return;
  for (auto& item : object[list]) item = in_order(item, names);
}

Ordered status_in_order(const nlohmann::json& status) {
  Ordered ordered =
      in_order(status, {"observedGeneration", "conditions", "weights", "programmed", "certificate", "tokenKeys",
                        "keySets", "targets", "tiers", "mostUsed", "refusedLastHour", "limits"});
  if (ordered.contains("certificate")) ordered["certificate"] = in_order(status["certificate"], {"secret", "notAfter"});
  order_items(ordered, "conditions",
              {"type", "status", "reason", "message", "lastTransitionTime", "observedGeneration"});
  order_items(ordered, "keySets", {"secret", "keys", "expired", "refused"});
  order_items(ordered, "tokenKeys", {"method", "keys", "unused"});
  order_items(ordered, "limits", {"tier", "name", "used", "refused"});
  return ordered;
}

std::string words_of(const Record& record) {
  std::string words = record.good_generation > 0 ? "the last good version stays in force" : "nothing is in force";
  for (const std::string& fault : record.faults) words += "; " + fault;
  return words;
}

}  // namespace

Status StatusFolder::open() {
  auto made = make_folder(path_, 0755);
  if (!made) return made;
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator(path_, failure)) {
    const std::string name = entry.path().filename().string();
    auto text = read_file(entry.path(), kMostFileBytes);
    if (!text || name.starts_with('.') || !name.ends_with(".yaml")) continue;
    const YamlFile yaml = read_yaml(*text);
    written_[name] = std::move(*text);
    if (yaml.fault || yaml.documents.size() != 1 || !yaml.documents.front().value.is_object()) continue;
    previous_[name] = api::conditions_from(yaml.documents.front().value.value("status", nlohmann::json()));
  }
  return Done{};
}

const api::Conditions& StatusFolder::previous(const ObjectId& id) const {
  static const api::Conditions kNone;
  const auto found = previous_.find(file_of(id));
  return found == previous_.end() ? kNone : found->second;
}

void StatusFolder::put(const api::RouteStatus& status) { put({"MLRoute", status.key}, status); }

void StatusFolder::put(const api::QuotaStatus& status) { put({"MLQuota", status.key}, status); }

void StatusFolder::put_broken(const Record& record, WallTime now) {
  api::RouteStatus status;
  status.key = record.id.key;
  status.generation = record.generation;
  api::Verdict verdict{"False", "Invalid", words_of(record)};
  status.conditions = {api::condition("Accepted", std::move(verdict), record.generation, previous(record.id), now)};
  put(record.id, status);
}

template <class Status>
void StatusFolder::put(const ObjectId& id, const Status& status) {
  const std::string name = file_of(id);
  const auto before = rendered_.find(name);
  if (before != rendered_.end() && before->second == AnyStatus(status)) {
    next_[name] = written_[name];
    return;
  }
  Ordered object;
  object["apiVersion"] = is_ours(id.kind) ? "mlgateway.io/v1alpha1" : "v1";
  object["kind"] = id.kind;
  object["metadata"] =
      Ordered{{"name", id.key.name}, {"namespace", id.key.namespace_name}, {"generation", status.generation}};
  object["status"] = status_in_order(api::to_json(status));
  next_[name] = to_yaml(object);
  previous_[name] = status.conditions;
  rendered_[name] = status;
}

Status StatusFolder::save() {
  auto next = std::exchange(next_, {});
  for (const auto& [name, content] : next) {
    const auto before = written_.find(name);
    if (before != written_.end() && before->second == content) continue;
    auto saved = write_file(path_ / name, content, 0644);
    if (saved) continue;
    rendered_.clear();  // what was not written is not there to be kept
    return saved;
  }
  std::error_code ignored;
  for (const auto& [name, content] : written_) {
    if (next.contains(name)) continue;
    std::filesystem::remove(path_ / name, ignored);
    previous_.erase(name);
    rendered_.erase(name);
  }
  written_ = std::move(next);
  return Done{};
}

}  // namespace mlgateway::local
