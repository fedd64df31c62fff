// Routes for tests: small, valid, to be changed by the test that needs something else.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sidecar/config/digest.hpp"
#include "sidecar/config/gateway_config.hpp"

namespace mlgateway::config {

inline Version version(std::string name, std::uint32_t weight) {
  return {name, {name + ".models.svc", 8080}, weight, kOne, ""};
}

inline AuthMethod anonymous_method() { return {"everyone", AuthType::Anonymous, {}, {}}; }

inline AuthMethod key_method(std::vector<KeySet> key_sets) {
  return {"keys", AuthType::APIKey, {{"authorization", "Bearer"}, {"x-api-key", ""}}, std::move(key_sets)};
}

// Of RFC 8037, appendix A.2.
inline constexpr const char* kPublicKeys =
    R"({"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]})";

inline TokenRules token_rules(std::string issuer = "https://id.example/", std::string keys = kPublicKeys) {
  return {.issuer = std::move(issuer),
          .audiences = {"models"},
          .algorithms = {jose::Algorithm::RS256, jose::Algorithm::ES256, jose::Algorithm::EdDSA},
          .leeway = Milliseconds(30'000),
          .principal_claim = "sub",
          .tenant_claim = "org",
          .label_claims = {{"plan", "plan"}, {"team", "/realm/team"}},
          .keys = std::move(keys)};
}

inline AuthMethod token_method(TokenRules rules = token_rules(), std::string name = "corp") {
  return {std::move(name), AuthType::JWT, {{"authorization", "Bearer"}}, {}, std::move(rules)};
}

inline TokenRules fetched_token_rules(std::string issuer = "https://id.example/") {
  TokenRules rules = token_rules(std::move(issuer), R"({"keys":[]})");
  rules.remote =
      RemoteKeys{"https://id.example/keys",      false, Milliseconds(1'000), Milliseconds(0), Milliseconds(100),
                 "-----BEGIN CERTIFICATE-----\n"};
  return rules;
}

inline Introspection introspection(std::string issuer = "https://opaque.example/") {
  Introspection made;
  made.issuer = std::move(issuer);
  made.url = "https://opaque.example/introspect";
  made.client_id = "gateway";
  made.client_secret = "s3cr\"et";
  made.principal_claim = "sub";
  made.tenant_claim = "org";
  made.label_claims = {{"plan", "plan"}};
  return made;
}

inline AuthMethod asking_method(Introspection provider = introspection()) {
  AuthMethod made{"opaque", AuthType::Introspection, {{"authorization", "Bearer"}}, {}};
  made.introspection = std::move(provider);
  return made;
}

inline Route route(std::string model, Protocol protocol = Protocol::OpenInferenceV2) {
  Route made;
  made.namespace_name = "models";
  made.name = model;
  made.generation = 1;
  made.protocol = protocol;
  made.model = std::move(model);
  made.versions = {version("v1", 100)};
  made.auth = {anonymous_method()};
  return made;
}

inline GatewayConfig config_of(std::vector<Route> routes) {
  GatewayConfig config;
  config.routes = std::move(routes);
  return config;
}

}  // namespace mlgateway::config
