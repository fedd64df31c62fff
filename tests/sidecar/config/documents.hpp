// A config that uses every field of the contract, as value and as text that a test may damage.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "sidecar/config/render.hpp"
#include "tests/sidecar/config/routes.hpp"
#include "tests/support/certificates.hpp"

namespace mlgateway::config {

inline Quota plans() {
  const Limit per_second{"per-second", LimitUnit::Request, Rate{10 * kOne, Milliseconds(1000), 20 * kOne}, {}};
  const Limit daily{"daily", LimitUnit::Cost, {}, Budget{kOne / 4, Milliseconds(24 * 3600 * 1000)}};
  Quota quota{"models", "plans", 3, "", Enforcement::DryRun, {}};
  quota.tiers = {{"gold", Labels{{"plan", "gold"}}, QuotaScope::Tenant, {per_second, daily}},
                 {"others", std::nullopt, QuotaScope::Tier, {daily}}};
  quota.hash = quota_hash(quota);
  return quota;
}

// Of a route with the method "corp" and the version "v1".
inline Authorization access_rules() {
  AccessRule staff;
  staff.name = "staff";
  staff.principals = {{"corp", "https://id.example/", "al\xc3\xad ce"}, {"", "", "bob"}};
  staff.tenants = {"acme", "globex"};
  staff.key_labels = {{"plan", "gold"}};
  staff.claims = {{"/realm/roles", ClaimTest::Contains, {"ml"}}, {"org", ClaimTest::OneOf, {"a", "b"}}};
  staff.operations = {Operation::Predict, Operation::Health, Operation::Metadata};
  staff.versions = {"v1"};
  AccessRule nobody;
  nobody.action = Action::Deny;
  nobody.claims = {{"org", ClaimTest::Prefix, {"x/"}}, {"admin", ClaimTest::Equals, {"true"}}};
  nobody.overrides = false;
  return {Enforcement::DryRun, {staff, nobody}};
}

// The same at each call.
inline const Certificate& certificate() {
  static const Certificate made = [] {
    const auto pair = testing_support::Authority("root").issue("server", "DNS:forms.example");
    return Certificate{"forms-tls", pair.certificate, pair.key};
  }();
  return made;
}

inline GatewayConfig full_config() {
  Route iris = route("iris");
  iris.generation = 7;
  iris.hostnames = {"iris.example.com", "iris"};
  iris.versions = {version("v1", 95), version("v2", 5)};
  iris.versions[1].endpoint.host = "2001:db8::1";
  iris.split.sticky_by = StickyBy::Header;
  iris.split.header = "x-user-id";
  iris.split.overrides = {{{{"x-model-version", "v2"}, {"x-stage", "a b"}}, "v2"}};
  iris.split.override_labels = {{"team", "ml"}, {"mlgateway.io/route", "iris"}};
  KeySet dated{
      "iris-keys", "team-a", {{"plan", "gold"}}, 1'800'000'000, {{"alice", sha256("a")}, {"b\xc3\xb6rn", sha256("b")}}};
  KeySet open{"more-keys", "", {}, std::nullopt, {{"alice", sha256("c")}}};
  iris.auth = {key_method({dated, open}), anonymous_method()};
  iris.timeouts.first_byte = Milliseconds(10000);
  iris.body.max_bytes = 1ull << 40;
  iris.versions[1].cost_factor = 8 * kOne;
  iris.versions[1].revision = "2";
  iris.cost.unit = "credits";
  iris.cost.terms = {{Quantity::Rows, kOne / 10, "", 0, {}},
                     {Quantity::Pointer, kOne / 2, "/parameters/beam~1width", 16 * kOne, kOne},
                     {Quantity::Pointer, 0, "/parameters/n", kMostMillionths, {}}};
  iris.cost.cache_hit_factor = kOne / 2;
  iris.quotas = {"plans"};
  iris.cache = Cache{Milliseconds(600'000), 64u << 20, CacheScope::Tenant};
  iris.enrichment.headers = false;

  Route chat = route("org/chat", Protocol::OpenAI);
  chat.name = "chat";
  chat.auth = {token_method(), token_method(fetched_token_rules("https://fetched.example/"), "fetched")};
  chat.auth.push_back(asking_method());
  chat.auth.back().introspection->audiences = {"models"};
  chat.auth.back().introspection->authentication = ClientAuthentication::Post;
  chat.identity_headers = {{"x-user", IdentityPart::Principal},
                           {"x-tenant", IdentityPart::Tenant},
                           {"x-issuer", IdentityPart::Issuer},
                           {"x-mlgateway-method", IdentityPart::Method}};
  chat.authorization = access_rules();
  Route forms = route("forms", Protocol::Generic);
  forms.certificate = certificate();
  forms.paths = {{PathType::Exact, "/predict", {"POST"}}, {PathType::Prefix, "/", {"GET", "HEAD"}}};

  GatewayConfig config = config_of({iris, chat, forms});
  config.quotas = {plans()};
  config.admin_token_digest = sha256("token");
  for (Route& each : config.routes) each.hash = route_hash(each, config.quotas);
  config.hash = config_hash(config);
  return config;
}

inline nlohmann::json full_document() { return nlohmann::json::parse(render(full_config())); }

}  // namespace mlgateway::config
