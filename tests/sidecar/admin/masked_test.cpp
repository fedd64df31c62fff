#include "sidecar/admin/masked.hpp"

#include <string>

#include <gtest/gtest.h>

#include "sidecar/config/digest.hpp"

namespace mlgateway::admin {
namespace {

config::GatewayConfig with_keys() {
  config::GatewayConfig config;
  config.hash = "c0ffee";
  config.admin_token_digest = config::sha256("admin token");
  config::Route& route = config.routes.emplace_back();
  route.namespace_name = "default";
  route.name = "iris";
  route.versions = {{"v1", {"127.0.0.1", 8080}, 100}};
  config::AuthMethod& method = route.auth.emplace_back();
  method.name = "keys";
  method.headers = {{"x-api-key", ""}};
  method.key_sets = {{"iris-keys", "acme", {}, {}, {{"alice", config::sha256("alice's key")}}}};
  return config;
}

TEST(MaskedConfig, ShowsOnlyTheBeginningOfEachDigest) {
  const nlohmann::json shown = masked(with_keys());
  const std::string token = config::to_hex(config::sha256("admin token"));
  const std::string key = config::to_hex(config::sha256("alice's key"));
  EXPECT_EQ(shown["adminTokenDigest"], "sha256:" + token.substr(0, 8) + "…");
  EXPECT_EQ(shown["routes"][0]["auth"][0]["keySets"][0]["keys"][0]["digest"], "sha256:" + key.substr(0, 8) + "…");

  const std::string text = shown.dump();
  EXPECT_EQ(text.find(token.substr(8)), std::string::npos);
  EXPECT_EQ(text.find(key.substr(8)), std::string::npos);
}

TEST(MaskedConfig, ShowsNoQueryOfAnAddressThatKeysComeFrom) {
  config::GatewayConfig config = with_keys();
  config::AuthMethod& method = config.routes[0].auth.emplace_back();
  method.type = config::AuthType::JWT;
  method.jwt.emplace().remote.emplace().url = "https://id.example/keys?token=secret";
  const nlohmann::json shown = masked(config);
  EXPECT_EQ(shown["routes"][0]["auth"][1]["jwt"]["remote"]["url"], "https://id.example/keys?…");
}

TEST(MaskedConfig, ShowsNoSecretOfTheGatewayAtAProvider) {
  config::GatewayConfig config = with_keys();
  config::AuthMethod& method = config.routes[0].auth.emplace_back();
  method.type = config::AuthType::Introspection;
  method.introspection.emplace().url = "https://id.example/introspect?token=secret";
  method.introspection->client_secret = "s3cret";
  const nlohmann::json shown = masked(config);
  EXPECT_EQ(shown["routes"][0]["auth"][1]["introspection"]["url"], "https://id.example/introspect?…");
  EXPECT_EQ(shown.dump().find("s3cret"), std::string::npos);
}

TEST(MaskedConfig, ShowsTheRestAsItIs) {
  const nlohmann::json shown = masked(with_keys());
  EXPECT_EQ(shown["hash"], "c0ffee");
  EXPECT_EQ(shown["routes"][0]["auth"][0]["keySets"][0]["keys"][0]["name"], "alice");
  EXPECT_EQ(shown["routes"][0]["versions"][0]["port"], 8080);
}

TEST(MaskedConfig, NeedsNoTokenAndNoRoutes) {
  const nlohmann::json shown = masked(config::GatewayConfig{});
  EXPECT_FALSE(shown.contains("adminTokenDigest"));
  EXPECT_EQ(shown["routes"], nlohmann::json::array());
}

}  // namespace
}  // namespace mlgateway::admin
