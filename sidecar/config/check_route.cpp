#include "sidecar/config/check_route.hpp"

#include <algorithm>
#include <set>
#include <tuple>

#include "sidecar/config/syntax.hpp"

namespace mlgateway::config {
namespace {

constexpr std::size_t kMaxName = 253;  // of a Kubernetes object
constexpr std::size_t kMaxPath = 1024;
constexpr std::size_t kMaxFieldName = 256;
constexpr std::size_t kMaxLabel = 1024;
constexpr std::int64_t kMaxTimeout = 24 * 3600 * 1000;
constexpr std::uint64_t kMaxBody = 1ull << 40;
constexpr std::uint64_t kMaxReadBody = 1ull << 30;

bool is_model(const Route& route) {
  const std::string_view forbidden = route.protocol == Protocol::OpenAI ? "%?#" : "%?#/";
  return is_visible(route.model, kMaxName) && route.model.find_first_of(forbidden) == std::string::npos &&
         route.model != "." && route.model != "..";
}

bool is_method(std::string_view text) {
  return is_token(text, 20) && std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

void check_version(const Version& version, const Place& where, FirstFault& fault) {
  fault.unless(is_dns_label(version.name, 20), where / "name", "must be a DNS-1035 label of at most 20 characters");
  fault.unless(is_host(version.endpoint.host), where / "host", "must be a DNS name or an IP address");
  fault.unless(version.endpoint.port != 0, where / "port", "must be at least 1, is 0");
  fault.unless_between(0u, 100u, where / "weight", version.weight);
  fault.unless(version.revision.empty() || is_visible(version.revision, 63), where / "revision",
               "must be at most 63 visible characters");
}

bool has_version(const Route& route, std::string_view name) {
  return std::any_of(route.versions.begin(), route.versions.end(), [name](const auto& v) { return v.name == name; });
}

void check_override(const Route& route, const Override& rule, const Place& where, FirstFault& fault) {
  const Place headers = where / "headers";
  fault.unless_between<std::size_t>(1, 8, headers, rule.headers.size());
  for (std::size_t i = 0; i < rule.headers.size(); ++i) {
    const Place header = headers[i];
    fault.unless(is_lower_token(rule.headers[i].name, kMaxFieldName), header / "name",
                 "must be the lower-case name of a field");
    fault.unless(is_field_value(rule.headers[i].value, kMaxPath), header / "value",
                 "must be 1 to 1024 printable characters without spaces around them");
  }
  fault.unless(has_version(route, rule.version), where / "version",
               "the route has no version \"" + rule.version + "\"");
}

}  // namespace

void check_identity(const Route& route, const Place& where, FirstFault& fault) {
  fault.unless(is_visible(route.namespace_name, kMaxName), where / "namespace", "must be 1 to 253 visible characters");
  fault.unless(is_dns_label(route.name, 40), where / "name", "must be a DNS-1035 label of at most 40 characters");
  fault.unless(route.generation >= 0, where / "generation", "must not be negative");
  fault.unless(is_model(route), where / "model",
               "must be 1 to 253 visible characters without '%', '?', '#' (and '/', unless the protocol is OpenAI)");
  const Place hostnames = where / "hostnames";
  // Sixteen of the manifest, and four of the Service in front.
  fault.unless_between<std::size_t>(0, 20, hostnames, route.hostnames.size());
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < route.hostnames.size(); ++i) {
    fault.unless(is_hostname(route.hostnames[i]), hostnames[i], "must be a lower-case DNS name");
    fault.unless(seen.insert(route.hostnames[i]).second, hostnames[i], "is there twice");
  }
}

void check_paths(const Route& route, const Place& where, FirstFault& fault) {
  const Place paths = where / "paths";
  if (route.protocol != Protocol::Generic)
    return fault.unless(route.paths.empty(), paths, "only Generic routes have paths");
  fault.unless_between<std::size_t>(1, 64, paths, route.paths.size());
  std::set<std::pair<PathType, std::string_view>> seen;
  for (std::size_t i = 0; i < route.paths.size(); ++i) {
    const GenericPath& path = route.paths[i];
    const Place place = paths[i];
    const Place methods = place / "methods";
    fault.unless(is_request_path(path.path, kMaxPath), place / "path",
                 "must be the path of a request: from '/', at most 1024 characters, no empty or dot elements");
    fault.unless(seen.emplace(path.type, path.path).second, place / "path", "is there twice");
    fault.unless_between<std::size_t>(1, 16, methods, path.methods.size());
    for (std::size_t k = 0; k < path.methods.size(); ++k) {
      fault.unless(is_method(path.methods[k]), methods[k], "must be a method in upper case");
    }
  }
}

void check_versions(const Route& route, const Place& where, FirstFault& fault) {
  const Place versions = where / "versions";
  fault.unless_between<std::size_t>(1, 16, versions, route.versions.size());
  std::set<std::string_view> names;
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < route.versions.size(); ++i) {
    const Place place = versions[i];
    check_version(route.versions[i], place, fault);
    fault.unless(names.insert(route.versions[i].name).second, place / "name", "another version has this name");
    sum += route.versions[i].weight;
  }
  fault.unless(sum == 100 || sum == 0, versions,
               "the weights must sum to 100 (or all be 0), they sum to " + std::to_string(sum));
}

void check_split(const Route& route, const Place& where, FirstFault& fault) {
  const Place place = where / "split";
  const Place overrides = place / "overrides";
  const Split& split = route.split;
  if (split.sticky_by == StickyBy::Header) {
    fault.unless(is_lower_token(split.header, kMaxFieldName), place / "header",
                 "must be the lower-case name of a field");
  } else {
    fault.unless(split.header.empty(), place / "header", "must be empty unless stickyBy is Header");
  }
  check_labels(split.override_labels, place / "overrideLabels", fault);
  fault.unless_between<std::size_t>(0, 16, overrides, split.overrides.size());
  for (std::size_t i = 0; i < split.overrides.size(); ++i) {
    check_override(route, split.overrides[i], overrides[i], fault);
  }
}

void check_labels(const Labels& labels, const Place& where, FirstFault& fault) {
  for (const auto& [name, value] : labels) {
    fault.unless(!name.empty() && is_text(name, kMaxLabel) && is_text(value, kMaxLabel), where / name,
                 "name and value must be text of at most 1024 bytes");
  }
}

void check_limits(const Route& route, const Place& where, FirstFault& fault) {
  const Place timeouts = where / "timeouts";
  const Place body = where / "body";
  const auto check_time = [&](std::string_view field, Milliseconds time) {
    fault.unless_between<std::int64_t>(1, kMaxTimeout, timeouts / field, time.count());
  };
  check_time("requestMs", route.timeouts.request);
  check_time("connectMs", route.timeouts.connect);
  if (route.timeouts.first_byte) check_time("firstByteMs", *route.timeouts.first_byte);
  check_time("streamIdleMs", route.timeouts.stream_idle);
  if (route.body.max_bytes) fault.unless_between<std::uint64_t>(1, kMaxBody, body / "maxBytes", *route.body.max_bytes);
  fault.unless_between<std::uint64_t>(1, kMaxReadBody, body / "maxReadBytes", route.body.max_read_bytes);
}

}  // namespace mlgateway::config
