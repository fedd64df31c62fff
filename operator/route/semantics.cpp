#include "operator/route/semantics.hpp"

#include <string>

#include "operator/api/label_key.hpp"
#include "operator/api/upstream_url.hpp"
#include "sidecar/jose/key_set.hpp"
#include "sidecar/jose/url.hpp"

namespace mlgateway::route {
namespace {

void check_labels(const config::Labels& labels, const std::string& path, schema::Faults& faults) {
  for (const auto& [key, value] : labels) {
    if (!api::is_label_key(key)) faults.push_back({schema::child(path, key), std::string(api::kNoLabelKey)});
  }
}

void check_tokens(const api::TokenSpec& jwt, const std::string& path, schema::Faults& faults) {
  check_labels(jwt.rules.label_claims, path + ".labelClaims", faults);
  if (jwt.keys.kind == api::KeySource::Kind::Remote && !jose::parse_url(jwt.keys.remote.url)) {
    faults.push_back({path + (jwt.keys.remote.discovery ? ".issuer" : ".jwks.url"), "is no URL that can be asked"});
  }
  if (jwt.keys.kind != api::KeySource::Kind::Inline) return;
  const auto keys = jose::read_key_set(jwt.keys.text);
  if (!keys) faults.push_back({path + ".jwks.inline", keys.error().message});
}

}  // namespace

schema::Faults check_semantics(const api::MLRoute& route) {
  schema::Faults faults;
  for (std::size_t i = 0; i < route.versions.size(); ++i) {
    const api::VersionSpec& version = route.versions[i];
    const std::string path = schema::item("spec.versions", i);
    if (version.pods) {
      check_labels(version.pods->match_labels, path + ".podSelector.matchLabels", faults);
    } else if (!api::parse_upstream_url(version.url)) {
      faults.push_back({path + ".url", "has no usable host, is '" + version.url + "'"});
    }
  }
  check_labels(route.split.override_labels, "spec.split.overrideMatch.keyLabels", faults);
  const std::size_t rules = route.authorization ? route.authorization->rules.size() : 0;
  for (std::size_t i = 0; i < rules; ++i) {
    const std::string path = schema::item("spec.auth.authorization.rules", i);
    check_labels(route.authorization->rules[i].key_labels, path + ".keyLabels", faults);
  }
  for (std::size_t i = 0; i < route.methods.size(); ++i) {
    const std::string path = schema::item("spec.auth.methods", i);
    check_labels(route.methods[i].match_labels, path + ".apiKey.secretSelector.matchLabels", faults);
    if (const auto& asked = route.methods[i].introspection) {
      check_labels(asked->provider.label_claims, path + ".introspection.labelClaims", faults);
      if (!jose::parse_url(asked->provider.url)) {
        faults.push_back({path + ".introspection.url", "is no URL that can be asked"});
      }
    }
    if (route.methods[i].jwt) check_tokens(*route.methods[i].jwt, path + ".jwt", faults);
  }
  return faults;
}

}  // namespace mlgateway::route
