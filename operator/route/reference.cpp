#include "operator/route/reference.hpp"

#include <algorithm>
#include <map>
#include <optional>

namespace mlgateway::route {
namespace {

// What Secrets and ConfigMaps have in common.
struct Holder {
  const config::Labels& labels;
  const std::map<std::string, std::string>& entries;
  const std::string& fault;  // why a newer version of it is not the one used
};

template <class Observed>
const Observed* find(const std::vector<Observed>& all, const api::ObjectKey& key, const auto& object_of) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const Observed& o) { return object_of(o).key == key; });
  return found == all.end() ? nullptr : &*found;
}

std::optional<Holder> holder_of(const api::ObjectKey& key, api::KeySource::Kind kind, const World& world) {
  if (kind == api::KeySource::Kind::Secret) {
    const auto* const found = find(world.secrets, key, [](const auto& o) -> const auto& { return o.secret; });
    if (found == nullptr) return std::nullopt;
    return Holder{found->secret.labels, found->secret.entries, found->fault};
  }
  const auto* const found = find(world.config_maps, key, [](const auto& o) -> const auto& { return o.config_map; });
  if (found == nullptr) return std::nullopt;
  return Holder{found->config_map.labels, found->config_map.entries, found->fault};
}

}  // namespace

const std::string* read_reference(const api::MLRoute& route, const std::string& method, const api::KeySource& source,
                                  const World& world, std::vector<KeyProblem>& problems) {
  if (source.kind == api::KeySource::Kind::Inline) return &source.text;
  const std::string kind = source.kind == api::KeySource::Kind::Secret ? "Secret" : "ConfigMap";
  const std::string named = kind + " '" + source.name + "'";
  const auto problem = [&](std::string reason, const std::string& words) {
    problems.push_back({std::move(reason), "method '" + method + "': " + words});
  };
  const std::string& ns = route.key.namespace_name;
  const auto holder = holder_of({ns, source.name}, source.kind, world);
  if (!holder) {
    problem(kind + "NotFound", "there is no " + named + " in namespace '" + ns + "'");
    return nullptr;
  }
  if (!holder->labels.contains(kUseLabel)) {
    problem("RefNotPermitted", named + " lacks the label " + kUseLabel);
    return nullptr;
  }
  if (!holder->fault.empty()) problem(kind + "Invalid", named + " keeps its last good version: " + holder->fault);
  const auto entry = holder->entries.find(source.entry);
  if (entry != holder->entries.end()) return &entry->second;
  problem(kind + "NotFound", named + " has no entry '" + source.entry + "'");
  return nullptr;
}

const std::string* read_authorities(const api::MLRoute& route, const std::string& method, const api::KeySource& source,
                                    const World& world, std::vector<KeyProblem>& problems) {
  const std::string* const text = read_reference(route, method, source, world, problems);
  if (text == nullptr || text->find("-----BEGIN CERTIFICATE-----") != std::string::npos) return text;
  problems.push_back({"InvalidCertificate", "method '" + method + "': ConfigMap entry '" + source.name + "/" +
                                                source.entry + "' is not PEM"});
  return nullptr;
}

}  // namespace mlgateway::route
