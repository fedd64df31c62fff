#include "operator/route/rules.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <set>
#include <string>

#include <nlohmann/json.hpp>

#include "operator/api/decimal.hpp"
#include "operator/api/duration.hpp"
#include "operator/api/value_rules.hpp"
#include "operator/route/access_rules.hpp"
#include "operator/route/token_rules.hpp"

namespace mlgateway::route {
namespace {

using Json = nlohmann::json;
using namespace std::chrono_literals;

const std::string& text(const Json& value) { return value.get_ref<const std::string&>(); }

bool generic_has_paths(const Json& spec) { return (spec.at("protocol") == "Generic") == spec.contains("paths"); }

bool model_with_protocols_that_name_one(const Json& spec) {
  const Json& protocol = spec.at("protocol");
  return (protocol != "Generic" && protocol != "MLflow") || !spec.contains("model");
}

bool model_is_one_element(const Json& spec) {
  if (spec.at("protocol") == "OpenAI" || !spec.contains("model")) return true;
  return text(spec.at("model")).find('/') == std::string::npos;
}

bool generic_counts_no_tensors(const Json& spec) {
  const Json& terms = spec.at("cost").at("terms");
  return spec.at("protocol") != "Generic" || std::none_of(terms.begin(), terms.end(), [](const Json& t) {
           return t.contains("quantity") && (t.at("quantity") == "Rows" || t.at("quantity") == "Elements");
         });
}

bool overrides_name_versions(const Json& spec) {
  if (!spec.contains("split") || !spec.at("split").contains("overrides")) return true;
  const Json& versions = spec.at("versions");
  const Json& overrides = spec.at("split").at("overrides");
  return std::all_of(overrides.begin(), overrides.end(), [&](const Json& o) {
    return std::any_of(versions.begin(), versions.end(),
                       [&](const Json& v) { return v.at("name") == o.at("version"); });
  });
}

bool sticky_callers_are_known(const Json& spec) {
  if (!spec.contains("split") || spec.at("split").at("stickyBy") != "Principal") return true;
  const Json& methods = spec.at("auth").at("methods");
  return std::any_of(methods.begin(), methods.end(), [](const Json& m) { return m.at("type") != "Anonymous"; });
}

bool url_or_pods(const Json& version) { return version.contains("url") != version.contains("podSelector"); }

bool port_with_pods(const Json& version) { return version.contains("podSelector") == version.contains("port"); }

bool prefix_ends_at_element(const Json& path) {
  const std::string& value = text(path.at("path"));
  return path.at("type") != "Prefix" || value == "/" || !value.ends_with('/');
}

bool path_has_plain_elements(const Json& path) {
  const std::string with_end = text(path) + "/";
  for (const char* bad : {"/./", "/../"}) {
    if (with_end.find(bad) != std::string::npos) return false;
  }
  return text(path).find("//") == std::string::npos;
}

bool weights_sum_up(const Json& versions) {
  if (versions.size() == 1 && !versions[0].contains("weight")) return true;
  int sum = 0;
  for (const Json& version : versions) sum += version.value("weight", 0);
  return sum == 100;
}

bool port_is_in_range(const Json& url) {
  const std::string& value = text(url);
  const std::string port = value.substr(value.rfind(':') + 1);
  return !port.empty() && port.front() != '0' && port.size() <= 5 && std::stoi(port) <= 65535;
}

bool header_with_sticky_header(const Json& split) {
  return (split.at("stickyBy") == "Header") == split.contains("header");
}

bool one_anonymous_at_most(const Json& methods) {
  return std::count_if(methods.begin(), methods.end(), [](const Json& m) { return m.at("type") == "Anonymous"; }) <= 1;
}

bool api_key_with_its_type(const Json& method) { return (method.at("type") == "APIKey") == method.contains("apiKey"); }

bool header_is_free(const Json& name) {
  constexpr std::array<std::string_view, 11> kTaken = {
      "connection", "content-length", "content-type",      "expect",  "host",        "keep-alive",
      "te",         "trailer",        "transfer-encoding", "upgrade", "x-request-id"};
  return std::find(kTaken.begin(), kTaken.end(), text(name)) == kTaken.end();
}

bool first_byte_within_request(const Json& timeouts) {
  if (!timeouts.contains("firstByte")) return true;
  return api::parse_duration(text(timeouts.at("firstByte"))) <= api::parse_duration(text(timeouts.at("request")));
}

bool stands_once(const Json& terms, const char* field) {
  std::set<std::string> seen;
  return std::all_of(terms.begin(), terms.end(), [&](const Json& term) {
    return !term.contains(field) || seen.insert(text(term.at(field))).second;
  });
}

bool terms_are_different(const Json& terms) { return stands_once(terms, "quantity") && stands_once(terms, "pointer"); }

bool quantity_or_pointer(const Json& term) { return term.contains("quantity") != term.contains("pointer"); }

bool max_with_pointer(const Json& term) { return term.contains("pointer") == term.contains("max"); }

bool default_with_pointer(const Json& term) { return !term.contains("default") || term.contains("pointer"); }

bool default_within_max(const Json& term) {
  if (!term.contains("default") || !term.contains("max")) return true;
  return api::parse_decimal(text(term.at("default"))) <= api::parse_decimal(text(term.at("max")));
}

bool timeout_in_range(const Json& value) { return api::duration_between(value, 1ms, 24h); }
bool ttl_in_range(const Json& value) { return api::duration_between(value, 1s, 720h); }
bool at_most_1ti(const Json& value) { return api::quantity_between(value, 0, 1LL << 40); }
bool at_most_1gi(const Json& value) { return api::quantity_between(value, 0, 1LL << 30); }
bool cache_in_range(const Json& value) { return api::quantity_between(value, 1LL << 20, 64LL << 30); }

constexpr std::string_view kDurationRange = "must be from '1ms' to '24h'";
constexpr std::string_view kTakenHeader =
    "must not be a field that HTTP or the gateway itself needs; 'x-api-key' is the usual choice";
constexpr std::string_view kLabelKeys = "keys of labels must have at most 317 characters";

constexpr schema::Rule kRules[] = {
    {"spec", "`paths` must be set with `protocol` 'Generic', and only with it", generic_has_paths},
    {"spec", "`model` may not be set with `protocol` 'Generic' or 'MLflow': their requests name no model",
     model_with_protocols_that_name_one},
    {"spec", "`model` must not contain '/' unless `protocol` is 'OpenAI': elsewhere it is one element of the path",
     model_is_one_element},
    {"spec",
     "`cost.terms` may not count 'Rows' or 'Elements' with `protocol` 'Generic': nothing says what they are there",
     generic_counts_no_tensors},
    {"spec", "each `split.overrides` must name one of `versions` in its `version`", overrides_name_versions},
    {"spec", "each of the `versions` of a rule of `auth.authorization` must be one of `versions`",
     access_names_versions},
    {"spec",
     "`split.stickyBy` 'Principal' may only be set when a method of `auth` is not 'Anonymous': all anonymous callers "
     "are "
     "one principal",
     sticky_callers_are_known},
    {"spec.paths[]", "`path` must not end with '/' when `type` is 'Prefix': a prefix always ends at a whole element",
     prefix_ends_at_element},
    {"spec.paths[].path", "must not contain empty elements or the elements '.' and '..'", path_has_plain_elements},
    {"spec.versions",
     "the weights must sum to 100; a missing weight counts as 0, and only a single version may omit it",
     weights_sum_up},
    {"spec.versions[]", "exactly one of `url` and `podSelector` must be set", url_or_pods},
    {"spec.versions[]", "`port` must be set with `podSelector`, and only with it", port_with_pods},
    {"spec.versions[].podSelector.matchLabels", kLabelKeys, api::label_keys_are_short},
    {"spec.versions[].url", "must have a port from 1 to 65535", port_is_in_range},
    {"spec.split", "`header` must be set with `stickyBy` 'Header', and only with it", header_with_sticky_header},
    {"spec.split.overrideMatch.keyLabels", kLabelKeys, api::label_keys_are_short},
    {"spec.auth", "each `method` of `authorization` must be the name of one of `methods`", access_names_methods},
    {"spec",
     "`cache.scope` must be 'Principal' with `auth.identityHeaders`: the model may answer each caller differently",
     told_answers_are_kept_apart},
    {"spec.auth", "none of `identityHeaders` may be a field that carries credentials", identity_carries_no_credential},
    {"spec.auth.identityHeaders[].name", "must not be a field that HTTP or the gateway itself needs",
     identity_header_is_free},
    {"spec.auth.authorization.rules[].keyLabels", kLabelKeys, api::label_keys_are_short},
    {"spec.auth.authorization.rules[].claims[]",
     "exactly one of `equals`, `contains`, `oneOf` and `prefix` must be set", claim_has_one_test},
    {"spec.auth.methods", "at most one method may have `type` 'Anonymous'", one_anonymous_at_most},
    {"spec.auth.methods",
     "at most one method may have `type` 'Introspection': nothing tells whose an unreadable token is",
     one_introspection_at_most},
    {"spec.auth.methods",
     "each `jwt.issuer` may stand in one method only: the token's issuer decides which method applies",
     issuers_are_different},
    {"spec.auth.methods[]", "`apiKey` must be set with `type` 'APIKey', and only with it", api_key_with_its_type},
    {"spec.auth.methods[]", "`jwt` must be set with `type` 'JWT', and only with it", jwt_with_its_type},
    {"spec.auth.methods[]", "`introspection` must be set with `type` 'Introspection', and only with it",
     introspection_with_its_type},
    {"spec.auth.methods[].introspection.url", "must begin with 'https://'; only this machine may be asked by 'http://'",
     comes_safely},
    {"spec.auth.methods[].introspection.timeout", "must be from '100ms' to '1m'", fetch_in_range},
    {"spec.auth.methods[].introspection.remember", "must be from '0s' to '1h'", remembering_in_range},
    {"spec.auth.methods[].introspection.rememberRefused", "must be from '0s' to '1m'", refusal_in_range},
    {"spec.auth.methods[].introspection.labelClaims", kLabelKeys, api::label_keys_are_short},
    {"spec.auth.methods[].introspection.headers[].name", kTakenHeader, header_is_free},
    {"spec.auth.methods[].jwt.leeway", "must be from '0s' to '10m'", leeway_in_range},
    {"spec.auth.methods[].jwt",
     "`issuer` must begin with 'https://' where its keys are discovered; only this machine may be asked by 'http://'",
     discovered_issuer_can_be_asked},
    {"spec.auth.methods[].jwt.jwks", "at most one of `url`, `inline`, `secretRef` and `configMapRef` may be set",
     keys_have_one_source},
    {"spec.auth.methods[].jwt.jwks",
     "`refresh` and `caConfigMapRef` may only be set where keys are fetched: by `url` or by discovery",
     only_fetched_keys_are_refreshed},
    {"spec.auth.methods[].jwt.jwks.url", "must begin with 'https://'; only this machine may be asked by 'http://'",
     comes_safely},
    {"spec.auth.methods[].jwt.jwks.refresh.interval", "must be from '10s' to '24h'", interval_in_range},
    {"spec.auth.methods[].jwt.jwks.refresh.timeout", "must be from '100ms' to '1m'", fetch_in_range},
    {"spec.auth.methods[].jwt.jwks.refresh.staleWhileError", "must be from '0s' to '168h'", staleness_in_range},
    {"spec.auth.methods[].jwt.labelClaims", kLabelKeys, api::label_keys_are_short},
    {"spec.auth.methods[].jwt.headers[].name", kTakenHeader, header_is_free},
    {"spec.auth.methods[].apiKey.secretSelector.matchLabels", kLabelKeys, api::label_keys_are_short},
    {"spec.auth.methods[].apiKey.headers[].name", kTakenHeader, header_is_free},
    {"spec.timeouts", "`firstByte` must not be longer than `request`", first_byte_within_request},
    {"spec.timeouts.request", kDurationRange, timeout_in_range},
    {"spec.timeouts.connect", kDurationRange, timeout_in_range},
    {"spec.timeouts.firstByte", kDurationRange, timeout_in_range},
    {"spec.timeouts.streamIdle", kDurationRange, timeout_in_range},
    {"spec.body.maxBytes", "must be at most '1Ti'", at_most_1ti},
    {"spec.body.maxReadBytes", "must be at most '1Gi'", at_most_1gi},
    {"spec.cost.terms", "each `quantity` and each `pointer` may stand in one term only", terms_are_different},
    {"spec.cost.terms[]", "exactly one of `quantity` and `pointer` must be set", quantity_or_pointer},
    {"spec.cost.terms[]", "`max` must be set with `pointer`, and only with it", max_with_pointer},
    {"spec.cost.terms[]", "`default` may only be set with `pointer`", default_with_pointer},
    {"spec.cost.terms[]", "`default` must not be more than `max`", default_within_max},
    {"spec.cost.terms[].max", "must be more than 0", api::is_more_than_nothing},
    {"spec.cache.ttl", "must be from '1s' to '720h'", ttl_in_range},
    {"spec.cache.maxBytes", "must be from '1Mi' to '64Gi'", cache_in_range},
};

}  // namespace

std::span<const schema::Rule> rules() { return kRules; }

}  // namespace mlgateway::route
