#include "operator/route/rules.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>

#include <nlohmann/json.hpp>

#include "operator/api/duration.hpp"
#include "operator/api/quantity.hpp"

namespace mlgateway::route {
namespace {

using Json = nlohmann::json;

const std::string& text(const Json& value) { return value.get_ref<const std::string&>(); }

bool generic_has_paths(const Json& spec) { return (spec.at("protocol") == "Generic") == spec.contains("paths"); }

bool generic_has_no_model(const Json& spec) { return spec.at("protocol") != "Generic" || !spec.contains("model"); }

bool model_is_one_element(const Json& spec) {
  if (spec.at("protocol") != "OpenInferenceV2" || !spec.contains("model")) return true;
  return text(spec.at("model")).find('/') == std::string::npos;
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
  return std::any_of(methods.begin(), methods.end(), [](const Json& m) { return m.at("type") == "APIKey"; });
}

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

bool label_keys_are_short(const Json& labels) {
  for (const auto& [key, value] : labels.items()) {
    const auto characters = std::count_if(key.begin(), key.end(), [](unsigned char c) { return (c & 0xC0) != 0x80; });
    if (characters > 317) return false;
  }
  return true;
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

bool duration_in_range(const Json& value) {
  const auto duration = api::parse_duration(text(value));
  return duration && *duration >= std::chrono::milliseconds(1) && *duration <= std::chrono::hours(24);
}

bool quantity_at_most(const Json& value, std::int64_t most) {
  if (value.is_number()) return true;  // `maximum` says so
  const auto quantity = api::parse_quantity(text(value));
  return quantity && *quantity <= most;
}

bool at_most_1ti(const Json& value) { return quantity_at_most(value, 1LL << 40); }
bool at_most_1gi(const Json& value) { return quantity_at_most(value, 1LL << 30); }

constexpr std::string_view kDurationRange = "must be from '1ms' to '24h'";
constexpr std::string_view kLabelKeys = "keys of labels must have at most 317 characters";

constexpr Rule kRules[] = {
    {"spec", "`paths` must be set with `protocol` 'Generic', and only with it", generic_has_paths},
    {"spec", "`model` may not be set with `protocol` 'Generic': such a route is found by `paths`",
     generic_has_no_model},
    {"spec", "`model` must not contain '/' with `protocol` 'OpenInferenceV2': there it is one element of the path",
     model_is_one_element},
    {"spec", "each `split.overrides` must name one of `versions` in its `version`", overrides_name_versions},
    {"spec",
     "`split.stickyBy` 'Principal' may only be set when a method of `auth` has `type` 'APIKey': all anonymous callers "
     "are one principal",
     sticky_callers_are_known},
    {"spec.paths[]", "`path` must not end with '/' when `type` is 'Prefix': a prefix always ends at a whole element",
     prefix_ends_at_element},
    {"spec.paths[].path", "must not contain empty elements or the elements '.' and '..'", path_has_plain_elements},
    {"spec.versions",
     "the weights must sum to 100; a missing weight counts as 0, and only a single version may omit it",
     weights_sum_up},
    {"spec.versions[].url", "must have a port from 1 to 65535", port_is_in_range},
    {"spec.split", "`header` must be set with `stickyBy` 'Header', and only with it", header_with_sticky_header},
    {"spec.split.overrideMatch.keyLabels", kLabelKeys, label_keys_are_short},
    {"spec.auth.methods", "at most one method may have `type` 'Anonymous'", one_anonymous_at_most},
    {"spec.auth.methods[]", "`apiKey` must be set with `type` 'APIKey', and only with it", api_key_with_its_type},
    {"spec.auth.methods[].apiKey.secretSelector.matchLabels", kLabelKeys, label_keys_are_short},
    {"spec.auth.methods[].apiKey.headers[].name",
     "must not be a field that HTTP or the gateway itself needs; 'x-api-key' is the usual choice", header_is_free},
    {"spec.timeouts", "`firstByte` must not be longer than `request`", first_byte_within_request},
    {"spec.timeouts.request", kDurationRange, duration_in_range},
    {"spec.timeouts.connect", kDurationRange, duration_in_range},
    {"spec.timeouts.firstByte", kDurationRange, duration_in_range},
    {"spec.timeouts.streamIdle", kDurationRange, duration_in_range},
    {"spec.body.maxBytes", "must be at most '1Ti'", at_most_1ti},
    {"spec.body.maxReadBytes", "must be at most '1Gi'", at_most_1gi},
};

// Asks one rule of each value that its place leads to.
class Walk {
 public:
  Walk(const Rule& rule, const schema::Faults& before, schema::Faults& found)
      : rule_(rule), before_(before), found_(found) {}

  // `rest` is what of the rule's place lies below `value`, which stands at `path`.
  void from(const Json& value, std::string_view rest, const std::string& path) {
    if (rest.empty()) return ask(value, path);
    if (rest.starts_with("[]")) return into_items(value, rest.substr(2), path);
    if (rest.starts_with('.')) rest.remove_prefix(1);
    const auto end = std::min(rest.find_first_of(".["), rest.size());
    const std::string name(rest.substr(0, end));
    if (value.is_object() && value.contains(name)) from(value.at(name), rest.substr(end), schema::child(path, name));
  }

 private:
  void into_items(const Json& value, std::string_view rest, const std::string& path) {
    if (!value.is_array()) return;
    for (std::size_t i = 0; i < value.size(); ++i) from(value[i], rest, schema::item(path, i));
  }

  void ask(const Json& value, const std::string& path) {
    const auto touches = [&](const schema::Fault& fault) { return schema::within(fault.path, path); };
    if (std::any_of(before_.begin(), before_.end(), touches)) return;
    if (!rule_.holds(value)) found_.push_back({path, std::string(rule_.message)});
  }

  const Rule& rule_;
  const schema::Faults& before_;
  schema::Faults& found_;
};

}  // namespace

std::span<const Rule> rules() { return kRules; }

schema::Faults check_rules(const Json& object, const schema::Faults& faults) {
  schema::Faults found;
  for (const Rule& rule : kRules) Walk(rule, faults, found).from(object, rule.place, "");
  return found;
}

}  // namespace mlgateway::route
