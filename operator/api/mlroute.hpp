// An MLRoute as a typed value: what its spec says, defaults included.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "operator/api/object_key.hpp"
#include "sidecar/config/gateway_config.hpp"

namespace mlgateway::api {

// The pods whose container is a version.
struct PodTarget {
  config::Labels match_labels;
  std::uint16_t port = 0;
  bool operator==(const PodTarget&) const = default;
};

struct VersionSpec {
  std::string name;
  std::string url;  // empty with `pods`
  std::optional<std::uint32_t> weight;
  config::Millionths cost_factor = config::kOne;
  std::string revision = {};
  std::optional<PodTarget> pods = std::nullopt;
  bool operator==(const VersionSpec&) const = default;
};

// Where the public keys of an issuer come from.
struct KeySource {
  enum class Kind : std::uint8_t { Inline, Secret, ConfigMap, Remote };
  Kind kind = Kind::Inline;
  std::string text;   // with Inline: the key set
  std::string name;   // with Secret and ConfigMap: of the object; with Remote: of the authorities' ConfigMap, or empty
  std::string entry;  // of that object
  config::RemoteKeys remote = {};  // with Remote, without the authorities
  bool operator==(const KeySource&) const = default;
};

struct TokenSpec {
  config::TokenRules rules;  // without the keys
  KeySource keys;
  bool operator==(const TokenSpec&) const = default;
};

struct IntrospectionSpec {
  config::Introspection provider;        // without secret and authorities
  KeySource secret;                      // of kind Secret
  std::optional<KeySource> authorities;  // of kind ConfigMap
  bool operator==(const IntrospectionSpec&) const = default;
};

struct MethodSpec {
  std::string name;
  config::AuthType type = config::AuthType::APIKey;
  config::Labels match_labels;                          // with APIKey: which Secrets
  std::vector<config::KeyHeader> headers;               // with all but Anonymous
  std::optional<TokenSpec> jwt = {};                    // with JWT
  std::optional<IntrospectionSpec> introspection = {};  // with Introspection
  bool operator==(const MethodSpec&) const = default;
};

// Where the words of the spec are those of the contract, the contract's own types are used.
struct MLRoute {
  ObjectKey key;
  std::optional<std::string> model;
  config::Protocol protocol = config::Protocol::OpenInferenceV2;
  std::vector<std::string> hostnames;
  std::string certificate;  // the Secret of type kubernetes.io/tls that it is served with; empty: in the clear
  std::vector<config::GenericPath> paths;
  std::vector<VersionSpec> versions;
  config::Split split;
  std::vector<MethodSpec> methods;
  std::vector<config::IdentityHeader> identity_headers;
  std::optional<config::Authorization> authorization;
  config::Timeouts timeouts;
  config::BodyLimits body;
  config::Cost cost;
  std::optional<config::Cache> cache;
  config::Enrichment enrichment;
  bool operator==(const MLRoute&) const = default;
};

// `object` must have passed its schema, defaults applied, and the rules; anything else is a bug and throws.
MLRoute mlroute_from(const nlohmann::json& object);

}  // namespace mlgateway::api
