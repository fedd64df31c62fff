#include "sidecar/config/names.hpp"
#include "sidecar/config/render_parts.hpp"

namespace mlgateway::config {
namespace {

Json write_principal(const PrincipalMatch& match) {
  return {{"method", match.method}, {"issuer", match.issuer}, {"name", match.name}};
}

Json write_claim(const ClaimMatch& match) {
  return {{"claim", match.claim}, {"test", name_of(kClaimTests, match.test)}, {"values", texts(match.values)}};
}

Json write_rule(const AccessRule& rule) {
  return {{"name", rule.name},
          {"action", name_of(kActions, rule.action)},
          {"principals", list(rule.principals, write_principal)},
          {"tenants", texts(rule.tenants)},
          {"keyLabels", write_labels(rule.key_labels)},
          {"claims", list(rule.claims, write_claim)},
          {"operations", list(rule.operations, [](Operation o) { return Json(name_of(kOperations, o)); })},
          {"versions", texts(rule.versions)},
          {"overrides", rule.overrides}};
}

}  // namespace

Json write_authorization(const Authorization& authorization) {
  return {{"mode", name_of(kEnforcements, authorization.mode)}, {"rules", list(authorization.rules, write_rule)}};
}

}  // namespace mlgateway::config
