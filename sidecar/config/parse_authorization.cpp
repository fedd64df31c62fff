#include "sidecar/config/names.hpp"
#include "sidecar/config/parse_parts.hpp"

namespace mlgateway::config {
namespace {

PrincipalMatch read_principal(const JsonValue& value) {
  JsonObject object(value);
  PrincipalMatch match;
  match.method = object.at("method").text();
  match.issuer = object.at("issuer").text();
  match.name = object.at("name").text();
  object.refuse_others();
  return match;
}

ClaimMatch read_claim(const JsonValue& value) {
  JsonObject object(value);
  ClaimMatch match;
  match.claim = object.at("claim").text();
  match.test = object.at("test").one_of(kClaimTests);
  match.values = object.at("values").list(read_text);
  object.refuse_others();
  return match;
}

AccessRule read_rule(const JsonValue& value) {
  JsonObject object(value);
  AccessRule rule;
  rule.name = object.at("name").text();
  rule.action = object.at("action").one_of(kActions);
  rule.principals = object.at("principals").list(read_principal);
  rule.tenants = object.at("tenants").list(read_text);
  rule.key_labels = object.at("keyLabels").texts_by_name();
  rule.claims = object.at("claims").list(read_claim);
  rule.operations = object.at("operations").list([](const JsonValue& item) { return item.one_of(kOperations); });
  rule.versions = object.at("versions").list(read_text);
  rule.overrides = object.at("overrides").flag();
  object.refuse_others();
  return rule;
}

}  // namespace

Authorization read_authorization(const JsonValue& value) {
  JsonObject object(value);
  Authorization authorization;
  authorization.mode = object.at("mode").one_of(kEnforcements);
  authorization.rules = object.at("rules").list(read_rule);
  object.refuse_others();
  return authorization;
}

}  // namespace mlgateway::config
