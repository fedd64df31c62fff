#include "sidecar/config/parse.hpp"

#include "sidecar/config/check.hpp"
#include "sidecar/config/json_document.hpp"
#include "sidecar/config/names.hpp"
#include "sidecar/config/parse_parts.hpp"

namespace mlgateway::config {
namespace {

GenericPath read_path(const JsonValue& value) {
  JsonObject object(value);
  GenericPath path;
  path.type = object.at("type").one_of(kPathTypes);
  path.path = object.at("path").text();
  path.methods = object.at("methods").list(read_text);
  object.refuse_others();
  return path;
}

Version read_version(const JsonValue& value) {
  JsonObject object(value);
  Version version;
  version.name = object.at("name").text();
  version.endpoint.host = object.at("host").text();
  version.endpoint.port = object.at("port").number<std::uint16_t>();
  version.weight = object.at("weight").number<std::uint32_t>();
  version.cost_factor = object.at("costFactor").number<Millionths>();
  version.revision = object.at("revision").text();
  object.refuse_others();
  return version;
}

HeaderMatch read_header_match(const JsonValue& value) {
  JsonObject object(value);
  HeaderMatch match;
  match.name = object.at("name").text();
  match.value = object.at("value").text();
  object.refuse_others();
  return match;
}

Override read_override(const JsonValue& value) {
  JsonObject object(value);
  Override rule;
  rule.headers = object.at("headers").list(read_header_match);
  rule.version = object.at("version").text();
  object.refuse_others();
  return rule;
}

Split read_split(const JsonValue& value) {
  JsonObject object(value);
  Split split;
  split.sticky_by = object.at("stickyBy").one_of(kStickyBys);
  split.header = object.at("header").text();
  split.overrides = object.at("overrides").list(read_override);
  split.override_labels = object.at("overrideLabels").texts_by_name();
  object.refuse_others();
  return split;
}

Certificate read_certificate(const JsonValue& value) {
  JsonObject object(value);
  Certificate certificate;
  certificate.secret = object.at("secret").text();
  certificate.chain = object.at("chain").text();
  certificate.key = object.at("key").text();
  object.refuse_others();
  return certificate;
}

Timeouts read_timeouts(const JsonValue& value) {
  JsonObject object(value);
  Timeouts timeouts;
  timeouts.request = read_milliseconds(object.at("requestMs"));
  timeouts.connect = read_milliseconds(object.at("connectMs"));
  if (const auto first_byte = object.find("firstByteMs")) timeouts.first_byte = read_milliseconds(*first_byte);
  timeouts.stream_idle = read_milliseconds(object.at("streamIdleMs"));
  object.refuse_others();
  return timeouts;
}

BodyLimits read_body(const JsonValue& value) {
  JsonObject object(value);
  BodyLimits body;
  if (const auto most = object.find("maxBytes")) body.max_bytes = most->number<std::uint64_t>();
  body.max_read_bytes = object.at("maxReadBytes").number<std::uint64_t>();
  object.refuse_others();
  return body;
}

Enrichment read_enrichment(const JsonValue& value) {
  JsonObject object(value);
  Enrichment enrichment;
  enrichment.headers = object.at("headers").flag();
  object.refuse_others();
  return enrichment;
}

Route read_route(const JsonValue& value) {
  JsonObject object(value);
  Route route;
  route.namespace_name = object.at("namespace").text();
  route.name = object.at("name").text();
  route.generation = object.at("generation").number<std::int64_t>();
  route.hash = object.at("hash").text();
  route.protocol = object.at("protocol").one_of(kProtocols);
  route.model = object.at("model").text();
  route.hostnames = object.at("hostnames").list(read_text);
  if (const auto certificate = object.find("certificate")) route.certificate = read_certificate(*certificate);
  route.paths = object.at("paths").list(read_path);
  route.versions = object.at("versions").list(read_version);
  route.split = read_split(object.at("split"));
  route.auth = object.at("auth").list(read_method);
  if (const auto names = object.find("identityHeaders")) route.identity_headers = names->list(read_identity_header);
  if (const auto rules = object.find("authorization")) route.authorization = read_authorization(*rules);
  route.timeouts = read_timeouts(object.at("timeouts"));
  route.body = read_body(object.at("body"));
  route.cost = read_cost(object.at("cost"));
  route.quotas = object.at("quotas").list(read_text);
  if (const auto cache = object.find("cache")) route.cache = read_cache(*cache);
  route.enrichment = read_enrichment(object.at("enrichment"));
  object.refuse_others();
  return route;
}

GatewayConfig read_config(const JsonValue& value) {
  JsonObject object(value);
  GatewayConfig config;
  object.at("contract").integer(kContractVersion, kContractVersion);
  config.hash = object.at("hash").text();
  if (const auto digest = object.find("adminTokenDigest")) config.admin_token_digest = read_digest(*digest);
  config.quotas = object.at("quotas").list(read_quota);
  config.routes = object.at("routes").list(read_route);
  object.refuse_others();
  return config;
}

}  // namespace

Result<GatewayConfig> parse(std::string_view json) {
  auto document = read_document(json);
  if (!document) return document.error();
  FirstFault fault;
  const JsonValue root(*document, Place(), fault);
  GatewayConfig config = read_config(root);
  if (fault.found()) return fault.error();
  if (auto checked = check(config); !checked) return checked.error();
  return config;
}

}  // namespace mlgateway::config
