#include "operator/workload/pod.hpp"

#include <algorithm>
#include <initializer_list>
#include <string_view>
#include <utility>

#include "operator/api/json_fields.hpp"
#include "operator/workload/names.hpp"

namespace mlgateway::workload {
namespace {

using api::member;
using Json = nlohmann::json;

// A record is a few hundred bytes; a longer one was not written by injection.
constexpr std::size_t kMostRecord = 4096;
constexpr std::size_t kMostSecretName = 63;

std::string text(const Json& value) { return value.is_string() ? value.get<std::string>() : ""; }

bool is_secret_name(std::string_view name) {
  return name.starts_with(kSecretPrefix) && name.size() <= kMostSecretName && name.back() != '-' &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

std::string secret_named_by(const Json& annotations) {
  const std::string record = text(member(annotations, kInjectionAnnotation));
  if (record.empty() || record.size() > kMostRecord) return "";
  const Json json = Json::parse(record, nullptr, false);
  std::string name = json.is_object() ? text(member(json, "secret")) : "";
  return is_secret_name(name) ? name : "";
}

std::uint16_t port_of(const Json& spec, const char* name, std::uint16_t usual) {
  for (const char* list : {"initContainers", "containers"}) {
    for (const Json& container : member(spec, list)) {
      for (const Json& port : member(container, "ports")) {
        if (member(port, "name") == name) return port.at("containerPort").get<std::uint16_t>();
      }
    }
  }
  return usual;
}

bool is_ready(const Json& status) {
  const Json& conditions = member(status, "conditions");
  return std::any_of(conditions.begin(), conditions.end(), [](const Json& condition) {
    return member(condition, "type") == "Ready" && member(condition, "status") == "True";
  });
}

Json controller_of(const Json& metadata) {
  for (const Json& owner : member(metadata, "ownerReferences")) {
    if (member(owner, "controller") == true) return owner;
  }
  return nullptr;
}

bool has_ended(const Json& status) {
  const Json& phase = member(status, "phase");
  return phase == "Succeeded" || phase == "Failed";
}

config::Labels labels_of(const Json& metadata) {
  const Json& labels = member(metadata, "labels");
  return labels.is_null() ? config::Labels{} : labels.get<config::Labels>();
}

// Empty: it has no sidecar of ours.
std::string secret_of(const Json& metadata) {
  if (member(member(metadata, "labels"), kInjectedLabel) != "true") return "";
  return secret_named_by(member(metadata, "annotations"));
}

Json only(const Json& object, std::initializer_list<const char*> names) {
  Json kept = Json::object();
  for (const char* name : names) {
    if (const Json& value = member(object, name); !value.is_null()) kept[name] = value;
  }
  return kept;
}

Json ports_only(const Json& containers) {
  Json kept = Json::array();
  for (const Json& container : containers) {
    if (container.contains("ports")) kept.push_back(only(container, {"ports"}));
  }
  return kept;
}

}  // namespace

std::optional<Pod> pod_from(const Json& object) {
  const Json& metadata = object.at("metadata");
  const Json& status = member(object, "status");
  Pod pod;
  pod.secret = secret_of(metadata);
  if (pod.secret.empty() || has_ended(status)) return std::nullopt;
  pod.key = {text(member(metadata, "namespace")), text(member(metadata, "name"))};
  pod.uid = text(member(metadata, "uid"));
  pod.labels = labels_of(metadata);
  pod.address = text(member(status, "podIP"));
  pod.admin_port = port_of(member(object, "spec"), kAdminPort, kUsualAdminPort);
  pod.data_port = port_of(member(object, "spec"), kDataPort, kUsualDataPort);
  pod.ready = is_ready(status);
  pod.leaving = metadata.contains("deletionTimestamp");
  pod.nudge = text(member(member(metadata, "annotations"), kNudgeAnnotation));
  pod.owner = controller_of(metadata);
  return pod;
}

std::optional<PlainPod> plain_pod_from(const Json& object) {
  const Json& metadata = object.at("metadata");
  if (!secret_of(metadata).empty() || has_ended(member(object, "status"))) return std::nullopt;
  if (metadata.contains("deletionTimestamp")) return std::nullopt;
  return PlainPod{{text(member(metadata, "namespace")), text(member(metadata, "name"))}, labels_of(metadata)};
}

void trim(Json& object) {
  const Json& whole = object.at("metadata");
  Json metadata = only(whole, {"namespace", "name", "uid", "resourceVersion", "labels", "deletionTimestamp"});
  Json status = only(member(object, "status"), {"phase"});
  Json spec = Json::object();
  if (!secret_of(whole).empty()) {
    metadata["annotations"] = only(whole.at("annotations"), {kInjectionAnnotation, kNudgeAnnotation});
    metadata.update(only(whole, {"ownerReferences"}));
    status = only(member(object, "status"), {"phase", "podIP", "conditions"});
    for (const char* list : {"initContainers", "containers"}) {
      spec[list] = ports_only(member(member(object, "spec"), list));
    }
  }
  object["metadata"] = std::move(metadata);
  object["spec"] = std::move(spec);
  object["status"] = std::move(status);
}

}  // namespace mlgateway::workload
