#include "operator/api/authorization.hpp"

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "operator/api/json_fields.hpp"

namespace mlgateway::api {
namespace {

using Json = nlohmann::json;

std::vector<std::string> texts_from(const Json& list) {
  return list.is_null() ? std::vector<std::string>() : list.get<std::vector<std::string>>();
}

config::PrincipalMatch principal_from(const Json& json) {
  return {json.value("method", ""), json.value("issuer", ""), json.value("name", "")};
}

config::ClaimMatch claim_from(const Json& json) {
  config::ClaimMatch match{json.at("name"), config::ClaimTest::OneOf, texts_from(member(json, "oneOf"))};
  const auto read = [&](const char* field, config::ClaimTest test) {
    if (!json.contains(field)) return;
    match.test = test;
    match.values = {json.at(field).get<std::string>()};
  };
  read("equals", config::ClaimTest::Equals);
  read("contains", config::ClaimTest::Contains);
  read("prefix", config::ClaimTest::Prefix);
  return match;
}

config::AccessRule rule_from(const Json& json) {
  config::AccessRule rule;
  rule.name = json.value("name", "");
  rule.action = one_of(config::kActions, json.at("action"));
  for (const Json& principal : member(json, "principals")) rule.principals.push_back(principal_from(principal));
  rule.tenants = texts_from(member(json, "tenants"));
  if (const Json& labels = member(json, "keyLabels"); !labels.is_null()) rule.key_labels = labels.get<config::Labels>();
  for (const Json& claim : member(json, "claims")) rule.claims.push_back(claim_from(claim));
  for (const Json& name : member(json, "operations")) rule.operations.push_back(one_of(config::kOperations, name));
  rule.versions = texts_from(member(json, "versions"));
  rule.overrides = json.at("overrides") == "Allow";
  return rule;
}

}  // namespace

config::Authorization authorization_from(const nlohmann::json& json) {
  config::Authorization authorization{one_of(config::kEnforcements, json.at("mode")), {}};
  for (const Json& rule : json.at("rules")) authorization.rules.push_back(rule_from(rule));
  return authorization;
}

}  // namespace mlgateway::api
