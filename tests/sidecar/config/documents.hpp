// A config that uses every field of the contract, as value and as text that a test may damage.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "sidecar/config/render.hpp"
#include "tests/sidecar/config/routes.hpp"

namespace mlgateway::config {

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
  iris.enrichment.headers = false;
  iris.hash = route_hash(iris);

  Route chat = route("org/chat", Protocol::OpenAI);
  chat.name = "chat";
  Route forms = route("forms", Protocol::Generic);
  forms.paths = {{PathType::Exact, "/predict", {"POST"}}, {PathType::Prefix, "/", {"GET", "HEAD"}}};

  GatewayConfig config = config_of({iris, chat, forms});
  config.admin_token_digest = sha256("token");
  config.hash = config_hash(config);
  return config;
}

inline nlohmann::json full_document() { return nlohmann::json::parse(render(full_config())); }

}  // namespace mlgateway::config
