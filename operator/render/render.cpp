#include "operator/render/render.hpp"

#include <cstddef>
#include <utility>

#include "operator/api/upstream_url.hpp"
#include "sidecar/config/render.hpp"

namespace mlgateway::render {
namespace {

// A sidecar shares the network of its pod: the model container listens on the loopback as well.
config::Endpoint endpoint_of(const api::VersionSpec& spec) {
  if (spec.pods) return {"127.0.0.1", spec.pods->port};
  return api::parse_upstream_url(spec.url).value();
}

config::Version version_from(const api::VersionSpec& spec, bool alone) {
  return {spec.name, endpoint_of(spec), spec.weight.value_or(alone ? 100 : 0), spec.cost_factor, spec.revision};
}

}  // namespace

config::Route render(const api::MLRoute& route, std::int64_t generation,
                     std::vector<std::vector<config::KeySet>> key_sets, std::vector<TokenKeys> token_keys,
                     Introspections introspections, std::optional<config::Certificate> certificate) {
  config::Route rendered;
  rendered.namespace_name = route.key.namespace_name;
  rendered.name = route.key.name;
  rendered.generation = generation;
  rendered.protocol = route.protocol;
  rendered.model = route.model.value_or(route.key.name);
  rendered.hostnames = route.hostnames;
  rendered.certificate = std::move(certificate);
  rendered.paths = route.paths;
  for (const api::VersionSpec& version : route.versions) {
    rendered.versions.push_back(version_from(version, route.versions.size() == 1));
  }
  rendered.split = route.split;
  for (std::size_t i = 0; i < route.methods.size(); ++i) {
    const api::MethodSpec& method = route.methods[i];
    config::AuthMethod& made = rendered.auth.emplace_back(
        config::AuthMethod{method.name, method.type, method.headers, std::move(key_sets[i])});
    if (method.introspection) made.introspection = std::move(introspections[i]);
    if (!method.jwt) continue;
    made.jwt = method.jwt->rules;
    made.jwt->keys = std::move(token_keys[i].keys);
    made.jwt->remote = std::move(token_keys[i].remote);
  }
  rendered.identity_headers = route.identity_headers;
  rendered.authorization = route.authorization;
  rendered.timeouts = route.timeouts;
  rendered.body = route.body;
  rendered.cost = route.cost;
  rendered.cache = route.cache;
  rendered.enrichment = route.enrichment;
  rendered.hash = config::route_hash(rendered);
  return rendered;
}

void limit(config::Route& route, std::vector<std::string> names, std::span<const config::Quota> quotas) {
  route.quotas = std::move(names);
  route.hash = config::route_hash(route, quotas);
}

config::Quota render(const api::MLQuota& quota, std::int64_t generation) {
  config::Quota rendered{quota.key.namespace_name, quota.key.name, generation, "", quota.enforcement, quota.tiers};
  rendered.hash = config::quota_hash(rendered);
  return rendered;
}

std::string weights_text(const config::Route& route) {
  std::string text;
  for (const config::Version& version : route.versions) {
    text += (text.empty() ? "" : ",") + version.name + "=" + std::to_string(version.weight);
  }
  return text;
}

}  // namespace mlgateway::render
