#include "sidecar/config/render.hpp"

#include <algorithm>

#include "sidecar/config/digest.hpp"
#include "sidecar/config/names.hpp"
#include "sidecar/config/render_parts.hpp"

namespace mlgateway::config {
namespace {

Json write_path(const GenericPath& path) {
  return {{"type", name_of(kPathTypes, path.type)}, {"path", path.path}, {"methods", texts(path.methods)}};
}

Json write_version(const Version& version) {
  return {{"name", version.name},     {"host", version.endpoint.host},     {"port", version.endpoint.port},
          {"weight", version.weight}, {"costFactor", version.cost_factor}, {"revision", version.revision}};
}

Json write_header_match(const HeaderMatch& match) { return {{"name", match.name}, {"value", match.value}}; }

Json write_override(const Override& rule) {
  return {{"headers", list(rule.headers, write_header_match)}, {"version", rule.version}};
}

Json write_split(const Split& split) {
  return {{"stickyBy", name_of(kStickyBys, split.sticky_by)},
          {"header", split.header},
          {"overrides", list(split.overrides, write_override)},
          {"overrideLabels", write_labels(split.override_labels)}};
}

Json write_certificate(const Certificate& certificate) {
  return {{"secret", certificate.secret}, {"chain", certificate.chain}, {"key", certificate.key}};
}

Json write_timeouts(const Timeouts& timeouts) {
  Json written = {{"requestMs", timeouts.request.count()}, {"connectMs", timeouts.connect.count()}};
  if (timeouts.first_byte) written["firstByteMs"] = timeouts.first_byte->count();
  written["streamIdleMs"] = timeouts.stream_idle.count();
  return written;
}

Json write_body(const BodyLimits& body) {
  Json written = Json::object();
  if (body.max_bytes) written["maxBytes"] = *body.max_bytes;
  written["maxReadBytes"] = body.max_read_bytes;
  return written;
}

Json write_route(const Route& route, Hash hash) {
  Json written = {{"namespace", route.namespace_name}, {"name", route.name}, {"generation", route.generation}};
  if (hash == Hash::With) written["hash"] = route.hash;
  written["protocol"] = name_of(kProtocols, route.protocol);
  written["model"] = route.model;
  written["hostnames"] = texts(route.hostnames);
  if (route.certificate) written["certificate"] = write_certificate(*route.certificate);
  written["paths"] = list(route.paths, write_path);
  written["versions"] = list(route.versions, write_version);
  written["split"] = write_split(route.split);
  written["auth"] = list(route.auth, write_method);
  if (!route.identity_headers.empty()) written["identityHeaders"] = list(route.identity_headers, write_identity_header);
  if (route.authorization) written["authorization"] = write_authorization(*route.authorization);
  written["timeouts"] = write_timeouts(route.timeouts);
  written["body"] = write_body(route.body);
  written["cost"] = write_cost(route.cost);
  written["quotas"] = texts(route.quotas);
  if (route.cache) written["cache"] = write_cache(*route.cache);
  written["enrichment"] = {{"headers", route.enrichment.headers}};
  return written;
}

Json write_config(const GatewayConfig& config, Hash hash) {
  Json written = {{"contract", kContractVersion}};
  if (hash == Hash::With) written["hash"] = config.hash;
  if (config.admin_token_digest) written["adminTokenDigest"] = to_hex(*config.admin_token_digest);
  written["quotas"] = list(config.quotas, [](const Quota& quota) { return write_quota(quota, Hash::With); });
  written["routes"] = list(config.routes, [](const Route& route) { return write_route(route, Hash::With); });
  return written;
}

// Text that is no UTF-8 would make the library throw; check() refuses it, so nothing valid is replaced.
std::string text_of(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace

std::string render(const GatewayConfig& config) { return text_of(write_config(config, Hash::With)); }

std::string quota_hash(const Quota& quota) { return to_hex(sha256(text_of(write_quota(quota, Hash::Without)))); }

Digest auth_digest(const Route& route) {
  Json written = {{"auth", list(route.auth, write_method)}};
  if (route.authorization) written["authorization"] = write_authorization(*route.authorization);
  return sha256(text_of(written));
}

std::string route_hash(const Route& route, std::span<const Quota> quotas) {
  std::string text = text_of(write_route(route, Hash::Without));
  for (const std::string& name : route.quotas) {
    const auto quota = std::find_if(quotas.begin(), quotas.end(), [&](const Quota& q) {
      return q.name == name && q.namespace_name == route.namespace_name;
    });
    if (quota != quotas.end()) text += "\n" + name + " " + quota->hash;
  }
  return to_hex(sha256(text));
}

std::string config_hash(const GatewayConfig& config) {
  return to_hex(sha256(text_of(write_config(config, Hash::Without))));
}

}  // namespace mlgateway::config
