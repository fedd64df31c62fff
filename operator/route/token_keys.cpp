#include "operator/route/token_keys.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include <nlohmann/json.hpp>

#include "sidecar/jose/key_set.hpp"

namespace mlgateway::route {
namespace {

constexpr const char* kNoKeys = R"({"keys":[]})";

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

class Collector {
 public:
  Collector(const api::MLRoute& route, const World& world) : route_(route), world_(world) {}

  TokenKeys collect() {
    for (const api::MethodSpec& method : route_.methods) {
      keys_.by_method.push_back(method.jwt ? keys_of(method) : render::TokenKeys{});
    }
    return std::move(keys_);
  }

 private:
  render::TokenKeys keys_of(const api::MethodSpec& method) {
    const api::KeySource& source = method.jwt->keys;
    return source.kind == api::KeySource::Kind::Remote ? fetched(method) : given(method);
  }

  render::TokenKeys given(const api::MethodSpec& method) {
    api::TokenKeyStatus& status = keys_.status.emplace_back(api::TokenKeyStatus{method.name, 0, 0});
    const std::string* const text = text_of(method);
    if (text == nullptr) return {kNoKeys};
    const auto set = jose::read_key_set(*text);
    if (!set) {
      problem("InvalidKeySet", method, set.error().message);
      return {kNoKeys};
    }
    status.keys = static_cast<std::int64_t>(set->keys.size());
    status.unused = static_cast<std::int64_t>(set->unusable.size());
    if (set->keys.empty()) {
      std::string words = "the key set has no key that can verify a signature";
      for (const std::string& unusable : set->unusable) words += "; " + unusable;
      problem("InvalidKeySet", method, words);
    }
    return {nlohmann::json::parse(*text).dump()};
  }

  // Without the authorities that it names nothing is fetched: trusting others instead would open the door to them.
  render::TokenKeys fetched(const api::MethodSpec& method) {
    const api::KeySource& source = method.jwt->keys;
    if (source.name.empty()) return {kNoKeys, source.remote};
    const std::string* const authorities = text_of(method);
    if (authorities == nullptr) return {kNoKeys};
    if (authorities->find("-----BEGIN CERTIFICATE-----") == std::string::npos) {
      problem("InvalidCertificate", method, "ConfigMap entry '" + source.name + "/" + source.entry + "' is not PEM");
      return {kNoKeys};
    }
    config::RemoteKeys remote = source.remote;
    remote.ca = *authorities;
    return {kNoKeys, std::move(remote)};
  }

  // Null when there is nothing to read; then a problem says why.
  const std::string* text_of(const api::MethodSpec& method) {
    const api::KeySource& source = method.jwt->keys;
    if (source.kind == api::KeySource::Kind::Inline) return &source.text;
    const bool is_secret = source.kind == api::KeySource::Kind::Secret;
    const std::string kind = is_secret ? "Secret" : "ConfigMap";
    const std::string named = kind + " '" + source.name + "'";
    const auto holder = holder_of(source);
    if (!holder) {
      problem(kind + "NotFound", method, "there is no " + named + " in namespace '" + route_.key.namespace_name + "'");
      return nullptr;
    }
    if (!holder->labels.contains(kUseLabel)) {
      problem("RefNotPermitted", method, named + " lacks the label " + kUseLabel);
      return nullptr;
    }
    if (!holder->fault.empty()) {
      problem(kind + "Invalid", method, named + " keeps its last good version: " + holder->fault);
    }
    const auto entry = holder->entries.find(source.entry);
    if (entry != holder->entries.end()) return &entry->second;
    problem(kind + "NotFound", method, named + " has no entry '" + source.entry + "'");
    return nullptr;
  }

  std::optional<Holder> holder_of(const api::KeySource& source) const {
    const api::ObjectKey key{route_.key.namespace_name, source.name};
    if (source.kind == api::KeySource::Kind::Secret) {
      const auto* const found = find(world_.secrets, key, [](const auto& o) -> const auto& { return o.secret; });
      if (found == nullptr) return std::nullopt;
      return Holder{found->secret.labels, found->secret.entries, found->fault};
    }
    const auto* const found = find(world_.config_maps, key, [](const auto& o) -> const auto& { return o.config_map; });
    if (found == nullptr) return std::nullopt;
    return Holder{found->config_map.labels, found->config_map.entries, found->fault};
  }

  void problem(std::string reason, const api::MethodSpec& method, const std::string& words) {
    keys_.problems.push_back({std::move(reason), "method '" + method.name + "': " + words});
  }

  const api::MLRoute& route_;
  const World& world_;
  TokenKeys keys_;
};

}  // namespace

TokenKeys collect_token_keys(const api::MLRoute& route, const World& world) {
  return Collector(route, world).collect();
}

}  // namespace mlgateway::route
