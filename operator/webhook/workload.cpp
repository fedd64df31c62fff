#include "operator/webhook/workload.hpp"

#include <nlohmann/json.hpp>

#include "operator/api/json_fields.hpp"
#include "operator/workload/names.hpp"
#include "sidecar/config/digest.hpp"

namespace mlgateway::webhook {
namespace {

using api::member;
using Json = nlohmann::json;

constexpr std::string_view kSecretPrefix = workload::kSecretPrefix;
constexpr std::size_t kHashLength = 10;
// What is left of a label's 63 characters, so that the name can also be the value of a label.
constexpr std::size_t kMaxReadable = 63 - kSecretPrefix.size() - kHashLength - 1;

struct TemplateHash {
  const char* label;
  const char* group;
  const char* kind;
};
constexpr TemplateHash kTemplateHashes[] = {{"pod-template-hash", "apps", "Deployment"},
                                            {"rollouts-pod-template-hash", "argoproj.io", "Rollout"}};

std::string text_of(const Json& object, const char* name) {
  const Json& value = member(object, name);
  return value.is_string() ? value.get<std::string>() : "";
}

const Json* controller_of(const Json& pod) {
  const Json& owners = member(member(pod, "metadata"), "ownerReferences");
  for (const Json& owner : owners) {
    if (member(owner, "controller") == true) return &owner;
  }
  return nullptr;
}

Workload above_replica_set(Workload set, const Json& labels) {
  for (const TemplateHash& hash : kTemplateHashes) {
    const std::string value = text_of(labels, hash.label);
    if (value.empty() || set.name.size() <= value.size() + 1 || !set.name.ends_with("-" + value)) continue;
    return {hash.group, hash.kind, set.name.substr(0, set.name.size() - value.size() - 1)};
  }
  return set;
}

// A name of a pod's owner may hold dots, which are fine in a Secret's name but not next to a dash.
std::string readable(const std::string& name) {
  std::string shown = name.substr(0, kMaxReadable);
  for (char& c : shown) {
    if (c == '.') c = '-';
  }
  return shown;
}

}  // namespace

Workload workload_of(const Json& pod) {
  const Json* controller = controller_of(pod);
  if (controller == nullptr) return {};
  const std::string version = text_of(*controller, "apiVersion");
  const std::size_t slash = version.find('/');
  Workload workload{slash == std::string::npos ? "" : version.substr(0, slash), text_of(*controller, "kind"),
                    text_of(*controller, "name")};
  if (workload.kind != "ReplicaSet") return workload;
  return above_replica_set(std::move(workload), member(member(pod, "metadata"), "labels"));
}

std::string secret_name(const Workload& workload, std::string_view namespace_name, std::string_view random_id) {
  if (workload.bare()) return std::string(kSecretPrefix) + "pod-" + std::string(random_id);
  // The names hold no zero byte, so no two workloads are hashed as the same bytes.
  std::string identity;
  for (const std::string_view part : {namespace_name, std::string_view(workload.group), std::string_view(workload.kind),
                                      std::string_view(workload.name)}) {
    identity.append(part).push_back('\0');
  }
  const std::string hash = config::to_hex(config::sha256(identity)).substr(0, kHashLength);
  return std::string(kSecretPrefix) + readable(workload.name) + "-" + hash;
}

}  // namespace mlgateway::webhook
