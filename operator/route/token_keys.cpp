#include "operator/route/token_keys.hpp"

#include <nlohmann/json.hpp>

#include "operator/route/reference.hpp"
#include "sidecar/jose/key_set.hpp"

namespace mlgateway::route {
namespace {

constexpr const char* kNoKeys = R"({"keys":[]})";

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
    config::RemoteKeys remote = source.remote;
    remote.ca = *authorities;
    return {kNoKeys, std::move(remote)};
  }

  // Null when there is nothing to read; then a problem says why.
  const std::string* text_of(const api::MethodSpec& method) {
    const api::KeySource& source = method.jwt->keys;
    if (source.kind != api::KeySource::Kind::Remote) {
      return read_reference(route_, method.name, source, world_, keys_.problems);
    }
    return read_authorities(route_, method.name, {api::KeySource::Kind::ConfigMap, "", source.name, source.entry},
                            world_, keys_.problems);
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
