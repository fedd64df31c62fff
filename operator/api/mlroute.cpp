#include "operator/api/mlroute.hpp"

#include "operator/api/authorization.hpp"
#include "operator/api/json_fields.hpp"
#include "sidecar/jose/discovery.hpp"

namespace mlgateway::api {
namespace {

using Json = nlohmann::json;

config::GenericPath path_from(const Json& path) {
  return {one_of(config::kPathTypes, path.at("type")), path.at("path"), path.at("methods")};
}

VersionSpec version_from(const Json& version) {
  VersionSpec spec{version.at("name"), version.value("url", ""), std::nullopt, decimal_from(version.at("costFactor"))};
  spec.revision = version.value("revision", "");
  if (const Json& pods = member(version, "podSelector"); !pods.is_null()) {
    spec.pods = PodTarget{pods.at("matchLabels").get<config::Labels>(), version.at("port").get<std::uint16_t>()};
  }
  if (const Json& weight = member(version, "weight"); !weight.is_null()) spec.weight = weight.get<std::uint32_t>();
  return spec;
}

config::Override override_from(const Json& json) {
  config::Override result{{}, json.at("version")};
  for (const Json& header : json.at("headers")) result.headers.push_back({header.at("name"), header.at("value")});
  return result;
}

config::Split split_from(const Json& json) {
  config::Split split;
  const Json& sticky = member(json, "stickyBy");
  if (sticky == "Principal") split.sticky_by = config::StickyBy::Principal;
  if (sticky == "Header") split.sticky_by = config::StickyBy::Header;
  if (const Json& header = member(json, "header"); !header.is_null()) split.header = header;
  for (const Json& override_json : member(json, "overrides")) split.overrides.push_back(override_from(override_json));
  const Json& labels = member(member(json, "overrideMatch"), "keyLabels");
  if (!labels.is_null()) split.override_labels = labels.get<config::Labels>();
  return split;
}

std::vector<config::KeyHeader> headers_from(const Json& json) {
  std::vector<config::KeyHeader> headers;
  for (const Json& header : json) headers.push_back({header.at("name"), header.value("scheme", "")});
  return headers;
}

KeySource remote_from(const Json& json, const std::string& issuer) {
  KeySource source{KeySource::Kind::Remote, "", "", ""};
  source.remote.discovery = !json.contains("url");
  source.remote.url = source.remote.discovery ? jose::discovery_url(issuer) : json.at("url").get<std::string>();
  if (const Json& refresh = member(json, "refresh"); !refresh.is_null()) {
    source.remote.interval = duration_from(refresh.at("interval"));
    source.remote.timeout = duration_from(refresh.at("timeout"));
    source.remote.stale_while_error = duration_from(refresh.at("staleWhileError"));
  }
  if (const Json& ca = member(json, "caConfigMapRef"); !ca.is_null()) {
    source.name = ca.at("name");
    source.entry = ca.at("key");
  }
  return source;
}

KeySource key_source_from(const Json& json, const std::string& issuer) {
  if (json.contains("inline")) return {KeySource::Kind::Inline, json.at("inline"), "", ""};
  const bool is_secret = json.contains("secretRef");
  if (!is_secret && !json.contains("configMapRef")) return remote_from(json, issuer);
  const Json& reference = json.at(is_secret ? "secretRef" : "configMapRef");
  return {is_secret ? KeySource::Kind::Secret : KeySource::Kind::ConfigMap, "", reference.at("name"),
          reference.at("key")};
}

TokenSpec tokens_from(const Json& json) {
  TokenSpec tokens;
  tokens.rules.issuer = json.at("issuer");
  tokens.rules.audiences = json.at("audiences").get<std::vector<std::string>>();
  for (const Json& name : json.at("algorithms")) {
    tokens.rules.algorithms.push_back(jose::algorithm_named(name.get_ref<const std::string&>()).value());
  }
  tokens.rules.leeway = duration_from(json.at("leeway"));
  tokens.rules.principal_claim = json.at("principalClaim");
  tokens.rules.tenant_claim = json.value("tenantClaim", "");
  if (const Json& labels = member(json, "labelClaims"); !labels.is_null()) {
    tokens.rules.label_claims = labels.get<config::Labels>();
  }
  tokens.keys = key_source_from(json.at("jwks"), tokens.rules.issuer);
  return tokens;
}

KeySource reference_from(const Json& json, KeySource::Kind kind) { return {kind, "", json.at("name"), json.at("key")}; }

IntrospectionSpec introspection_from(const Json& json) {
  IntrospectionSpec asked;
  config::Introspection& provider = asked.provider;
  provider.issuer = json.at("issuer");
  provider.url = json.at("url");
  provider.client_id = json.at("clientID");
  provider.authentication = one_of(config::kClientAuthentications, json.at("authentication"));
  for (const Json& audience : member(json, "audiences")) provider.audiences.push_back(audience);
  provider.timeout = duration_from(json.at("timeout"));
  provider.remember = duration_from(json.at("remember"));
  provider.remember_refused = duration_from(json.at("rememberRefused"));
  provider.principal_claim = json.at("principalClaim");
  provider.tenant_claim = json.value("tenantClaim", "");
  if (const Json& labels = member(json, "labelClaims"); !labels.is_null()) {
    provider.label_claims = labels.get<config::Labels>();
  }
  asked.secret = reference_from(json.at("clientSecretRef"), KeySource::Kind::Secret);
  if (const Json& ca = member(json, "caConfigMapRef"); !ca.is_null()) {
    asked.authorities = reference_from(ca, KeySource::Kind::ConfigMap);
  }
  return asked;
}

MethodSpec method_from(const Json& json) {
  MethodSpec method{json.at("name"), one_of(config::kAuthTypes, json.at("type")), {}, {}};
  if (method.type == config::AuthType::APIKey) {
    const Json& keys = json.at("apiKey");
    method.match_labels = keys.at("secretSelector").at("matchLabels").get<config::Labels>();
    method.headers = headers_from(keys.at("headers"));
  }
  if (method.type == config::AuthType::JWT) {
    method.jwt = tokens_from(json.at("jwt"));
    method.headers = headers_from(json.at("jwt").at("headers"));
  }
  if (method.type == config::AuthType::Introspection) {
    method.introspection = introspection_from(json.at("introspection"));
    method.headers = headers_from(json.at("introspection").at("headers"));
  }
  return method;
}

config::Timeouts timeouts_from(const Json& json) {
  config::Timeouts timeouts;
  timeouts.request = duration_from(json.at("request"));
  timeouts.connect = duration_from(json.at("connect"));
  timeouts.stream_idle = duration_from(json.at("streamIdle"));
  if (const Json& first = member(json, "firstByte"); !first.is_null()) timeouts.first_byte = duration_from(first);
  return timeouts;
}

config::BodyLimits body_from(const Json& json) {
  config::BodyLimits body;
  if (const Json& most = member(json, "maxBytes"); !most.is_null()) body.max_bytes = bytes_from(most);
  body.max_read_bytes = bytes_from(json.at("maxReadBytes"));
  return body;
}

config::CostTerm term_from(const Json& json) {
  config::CostTerm term;
  term.price = decimal_from(json.at("price"));
  if (json.contains("quantity")) {
    term.quantity = one_of(config::kQuantities, json.at("quantity"));
    return term;
  }
  term.quantity = config::Quantity::Pointer;
  term.pointer = json.at("pointer");
  term.max = decimal_from(json.at("max"));
  if (const Json& absent = member(json, "default"); !absent.is_null()) term.absent = decimal_from(absent);
  return term;
}

config::Cost cost_from(const Json& json) {
  config::Cost cost{json.at("unit"), {}, decimal_from(json.at("cacheHitFactor"))};
  for (const Json& term : json.at("terms")) cost.terms.push_back(term_from(term));
  return cost;
}

config::Cache cache_from(const Json& json) {
  return {duration_from(json.at("ttl")), bytes_from(json.at("maxBytes")),
          one_of(config::kCacheScopes, json.at("scope"))};
}

}  // namespace

MLRoute mlroute_from(const nlohmann::json& object) {
  const Json& spec = object.at("spec");
  MLRoute route;
  route.key = {object.at("metadata").at("namespace"), object.at("metadata").at("name")};
  if (const Json& model = member(spec, "model"); !model.is_null()) route.model = model.get<std::string>();
  route.protocol = one_of(config::kProtocols, spec.at("protocol"));
  for (const Json& host : member(spec, "hostnames")) route.hostnames.push_back(host);
  if (const Json& tls = member(spec, "tls"); !tls.is_null()) route.certificate = tls.at("secretRef").at("name");
  for (const Json& path : member(spec, "paths")) route.paths.push_back(path_from(path));
  for (const Json& version : spec.at("versions")) route.versions.push_back(version_from(version));
  route.split = split_from(member(spec, "split"));
  for (const Json& method : spec.at("auth").at("methods")) route.methods.push_back(method_from(method));
  for (const Json& header : member(spec.at("auth"), "identityHeaders")) {
    route.identity_headers.push_back({header.at("name"), one_of(config::kIdentityParts, header.at("value"))});
  }
  const Json& authorization = member(spec.at("auth"), "authorization");
  if (!authorization.is_null()) route.authorization = authorization_from(authorization);
  route.timeouts = timeouts_from(spec.at("timeouts"));
  route.body = body_from(spec.at("body"));
  route.cost = cost_from(spec.at("cost"));
  if (const Json& cache = member(spec, "cache"); !cache.is_null()) route.cache = cache_from(cache);
  route.enrichment.headers = spec.at("enrichment").at("headers");
  return route;
}

}  // namespace mlgateway::api
