#include "operator/webhook/refusals.hpp"

#include <array>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "operator/api/json_fields.hpp"
#include "operator/webhook/names.hpp"

namespace mlgateway::webhook {
namespace {

using api::member;
using Json = nlohmann::json;

std::string place(const char* list, std::size_t index) {
  return std::string("spec.") + list + "[" + std::to_string(index) + "]";
}

bool is_text_map(const Json& value) {
  if (value.is_null()) return true;
  if (!value.is_object()) return false;
  for (const auto& [key, text] : value.items()) {
    if (!text.is_string()) return false;
  }
  return true;
}

bool is_object_list(const Json& value) {
  if (value.is_null()) return true;
  if (!value.is_array()) return false;
  for (const Json& item : value) {
    if (!item.is_object()) return false;
  }
  return true;
}

bool is_named_list(const Json& value) {
  if (!is_object_list(value)) return false;
  for (const Json& item : value) {
    if (!member(item, "name").is_string()) return false;
  }
  return true;
}

std::string container_shape_fault(const Json& container, const std::string& where) {
  if (!is_object_list(member(container, "ports"))) return where + ".ports: must be a list of objects";
  const Json& lifecycle = member(container, "lifecycle");
  if (!lifecycle.is_null() && !lifecycle.is_object()) return where + ".lifecycle: must be an object";
  return "";
}

// A container of ours from an earlier call. One of that name among `containers` never is.
bool is_ours(const Json& container, const char* list, bool injected) {
  return injected && std::string_view(list) == "initContainers" && container.at("name") == kContainer &&
         member(container, "restartPolicy") == "Always";
}

std::string port_clash(const Json& container, const std::string& where, const Ports& ports) {
  const std::array<std::pair<const char*, std::uint16_t>, 3> taken{
      {{"data", ports.data}, {"admin", ports.admin}, {"peer", ports.peer}}};
  const Json& list = member(container, "ports");
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::string at = where + ".ports[" + std::to_string(i) + "]";
    const Json& name = member(list[i], "name");
    if (name.is_string() && name.get_ref<const std::string&>().starts_with(kPortPrefix)) {
      return at + ".name: names that begin with '" + kPortPrefix + "' are the gateway's; choose another";
    }
    const Json& protocol = member(list[i], "protocol");
    if (!protocol.is_null() && protocol != "TCP") continue;
    for (const auto& [use, port] : taken) {
      if (member(list[i], "containerPort") != port) continue;
      return at + ".containerPort: " + std::to_string(port) + " is the gateway's " + use +
             " port; give the gateway another by the annotation " + kOverridePrefix + use + "-port";
    }
  }
  return "";
}

std::string containers_refusal(const Json& spec, const Settings& settings, bool injected) {
  for (const char* list : {"containers", "initContainers"}) {
    const Json& containers = member(spec, list);
    for (std::size_t i = 0; i < containers.size(); ++i) {
      if (is_ours(containers[i], list, injected)) continue;
      if (containers[i].at("name") == kContainer) {
        return place(list, i) + ".name: '" + kContainer + "' is the gateway's own name; choose another";
      }
      const std::string clash = port_clash(containers[i], place(list, i), settings.ports);
      if (!clash.empty()) return clash;
    }
  }
  return "";
}

std::string volumes_refusal(const Json& spec) {
  const Json& volumes = member(spec, "volumes");
  for (std::size_t i = 0; i < volumes.size(); ++i) {
    const Json& name = volumes[i].at("name");
    if (name != kConfigVolume && name != kStateVolume) continue;
    return place("volumes", i) + ".name: '" + name.get<std::string>() + "' is the gateway's own name; choose another";
  }
  return "";
}

}  // namespace

std::string shape_fault(const Json& pod) {
  if (!pod.is_object() || member(pod, "kind") != "Pod") return "the object must be a Pod";
  const Json& metadata = member(pod, "metadata");
  if (!metadata.is_object()) return "metadata: must be an object";
  if (!is_text_map(member(metadata, "labels"))) return "metadata.labels: must be an object of strings";
  if (!is_text_map(member(metadata, "annotations"))) return "metadata.annotations: must be an object of strings";
  if (!is_object_list(member(metadata, "ownerReferences")))
    return "metadata.ownerReferences: must be a list of objects";
  const Json& spec = member(pod, "spec");
  if (!spec.is_object() || member(spec, "containers").empty()) return "spec.containers: must not be empty";
  for (const char* list : {"containers", "initContainers", "volumes"}) {
    if (!is_named_list(member(spec, list))) return std::string("spec.") + list + ": must be a list of named objects";
  }
  const Json& grace = member(spec, "terminationGracePeriodSeconds");
  if (!grace.is_null() && (!grace.is_number_integer() || grace < 0 || grace > 1'000'000'000)) {
    return "spec.terminationGracePeriodSeconds: must be a number from 0 to 1000000000";
  }
  for (const char* list : {"containers", "initContainers"}) {
    const Json& containers = member(spec, list);
    for (std::size_t i = 0; i < containers.size(); ++i) {
      const std::string fault = container_shape_fault(containers[i], place(list, i));
      if (!fault.empty()) return fault;
    }
  }
  return "";
}

std::string refusal(const Json& pod, const Settings& settings, bool injected) {
  const Json& spec = pod.at("spec");
  if (member(spec, "hostNetwork") == true) {
    return "spec.hostNetwork: a pod on the node's own network cannot have a gateway: anybody reaches its model past "
           "it; "
           "unset it, or label the pod mlgateway.io/inject: disabled";
  }
  if (member(member(spec, "os"), "name") == "windows") return "spec.os.name: the gateway runs on Linux only";
  const std::string containers = containers_refusal(spec, settings, injected);
  if (!containers.empty()) return containers;
  return injected ? "" : volumes_refusal(spec);
}

}  // namespace mlgateway::webhook
