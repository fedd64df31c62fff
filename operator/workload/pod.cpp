#include "operator/workload/pod.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "operator/api/json_fields.hpp"
#include "operator/workload/names.hpp"

namespace mlgateway::workload {
namespace {

using api::member;
using Json = nlohmann::json;

constexpr std::uint16_t kUsualAdminPort = 15801;
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

std::uint16_t admin_port_of(const Json& spec) {
  for (const char* list : {"initContainers", "containers"}) {
    for (const Json& container : member(spec, list)) {
      for (const Json& port : member(container, "ports")) {
        if (member(port, "name") == kAdminPort) return port.at("containerPort").get<std::uint16_t>();
      }
    }
  }
  return kUsualAdminPort;
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

Json ports_only(const Json& containers) {
  Json kept = Json::array();
  for (const Json& container : containers) {
    if (container.contains("ports")) kept.push_back({{"ports", container.at("ports")}});
  }
  return kept;
}

}  // namespace

std::optional<Pod> pod_from(const Json& object) {
  const Json& metadata = object.at("metadata");
  const Json& annotations = member(metadata, "annotations");
  const Json& status = member(object, "status");
  const Json& phase = member(status, "phase");
  Pod pod;
  pod.secret = secret_named_by(annotations);
  if (pod.secret.empty() || phase == "Succeeded" || phase == "Failed") return std::nullopt;
  pod.key = {text(member(metadata, "namespace")), text(member(metadata, "name"))};
  pod.uid = text(member(metadata, "uid"));
  pod.resource_version = text(member(metadata, "resourceVersion"));
  if (const Json& labels = member(metadata, "labels"); !labels.is_null()) pod.labels = labels.get<config::Labels>();
  pod.address = text(member(status, "podIP"));
  pod.admin_port = admin_port_of(member(object, "spec"));
  pod.ready = is_ready(status);
  pod.leaving = metadata.contains("deletionTimestamp");
  pod.nudge = text(member(annotations, kNudgeAnnotation));
  pod.owner = controller_of(metadata);
  return pod;
}

void trim(Json& object) {
  const Json spec = {{"initContainers", ports_only(member(member(object, "spec"), "initContainers"))},
                     {"containers", ports_only(member(member(object, "spec"), "containers"))}};
  object["spec"] = spec;
  const Json& whole = member(object, "status");
  Json status = Json::object();
  for (const char* name : {"phase", "podIP", "conditions"}) {
    if (const Json& value = member(whole, name); !value.is_null()) status[name] = value;
  }
  object["status"] = std::move(status);
}

}  // namespace mlgateway::workload
