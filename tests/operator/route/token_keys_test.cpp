#include "operator/route/token_keys.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "operator/route/plan.hpp"
#include "tests/operator/route/builders.hpp"

namespace mlgateway::route {
namespace {

using api::KeySource;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* kKeySet =
    R"({"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]})";
constexpr const char* kNoKeys = R"({"keys":[]})";

api::MethodSpec token_method(KeySource source) {
  api::MethodSpec method{"corp", config::AuthType::JWT, {}, {{"authorization", "Bearer"}}};
  method.jwt = api::TokenSpec{};
  method.jwt->rules.issuer = "https://id.example/";
  method.jwt->rules.audiences = {"models"};
  method.jwt->rules.algorithms = {jose::Algorithm::EdDSA};
  method.jwt->rules.principal_claim = "sub";
  method.jwt->keys = std::move(source);
  return method;
}

KeySource secret_ref() { return {KeySource::Kind::Secret, "", "keys", "jwks.json"}; }
KeySource config_map_ref() { return {KeySource::Kind::ConfigMap, "", "keys", "jwks.json"}; }

ObservedConfigMap config_map(std::map<std::string, std::string> entries) {
  return {{{"default", "keys"}, {{kUseLabel, "jwks"}}, std::move(entries)}, ""};
}

World world_with(KeySource source) {
  World made = world({observed("iris")});
  made.routes[0].good->methods = {token_method(std::move(source))};
  return made;
}

TokenKeys collect(const World& world) { return collect_token_keys(*world.routes[0].good, world); }

// The only problem, as "Reason: words".
std::string problem(const World& world) {
  const TokenKeys keys = collect(world);
  if (keys.problems.size() != 1) return std::to_string(keys.problems.size()) + " problems";
  EXPECT_THAT(keys.by_method, ElementsAre(render::TokenKeys{kNoKeys})) << "a method with a problem has keys";
  return keys.problems[0].reason + ": " + keys.problems[0].words;
}

TEST(TokenKeys, StandInTheRouteItself) {
  const TokenKeys keys = collect(world_with({KeySource::Kind::Inline, std::string(" ") + kKeySet + " ", "", ""}));
  EXPECT_EQ(keys.by_method.at(0).keys.find(' '), std::string::npos);
  EXPECT_THAT(keys.by_method.at(0).keys, HasSubstr("11qYAYKx"));
  EXPECT_THAT(keys.status, ElementsAre(api::TokenKeyStatus{"corp", 1, 0}));
  EXPECT_THAT(keys.problems, IsEmpty());
}

TEST(TokenKeys, ComeFromASecretOrAConfigMap) {
  World of_secret = world_with(secret_ref());
  of_secret.secrets = {secret("keys", {{"jwks.json", kKeySet}})};
  World of_config_map = world_with(config_map_ref());
  of_config_map.config_maps = {config_map({{"other", "x"}, {"jwks.json", kKeySet}})};
  for (const World& each : {of_secret, of_config_map}) {
    const TokenKeys keys = collect(each);
    EXPECT_THAT(keys.by_method.at(0).keys, HasSubstr("11qYAYKx"));
    EXPECT_THAT(keys.problems, IsEmpty());
  }
}

TEST(TokenKeys, ThatAreNotThereAreNamed) {
  World made = world_with(secret_ref());
  made.config_maps = {config_map({{"jwks.json", kKeySet}})};
  EXPECT_EQ(problem(made), "SecretNotFound: method 'corp': there is no Secret 'keys' in namespace 'default'");
  made.secrets = {secret("keys", {{"keys.json", kKeySet}})};
  EXPECT_EQ(problem(made), "SecretNotFound: method 'corp': Secret 'keys' has no entry 'jwks.json'");
  World other = world_with(config_map_ref());
  EXPECT_EQ(problem(other), "ConfigMapNotFound: method 'corp': there is no ConfigMap 'keys' in namespace 'default'");
}

TEST(TokenKeys, OfAnotherNamespaceAreNotSeen) {
  World made = world_with(config_map_ref());
  made.config_maps = {config_map({{"jwks.json", kKeySet}})};
  made.config_maps[0].config_map.key.namespace_name = "other";
  EXPECT_THAT(problem(made), HasSubstr("ConfigMapNotFound"));
}

TEST(TokenKeys, NeedTheLabelForUse) {
  World made = world_with(config_map_ref());
  made.config_maps = {config_map({{"jwks.json", kKeySet}})};
  made.config_maps[0].config_map.labels.clear();
  EXPECT_EQ(problem(made), "RefNotPermitted: method 'corp': ConfigMap 'keys' lacks the label mlgateway.io/use");
}

TEST(TokenKeys, ThatCannotBeReadAreNone) {
  World made = world_with(config_map_ref());
  made.config_maps = {config_map({{"jwks.json", "{}"}})};
  EXPECT_EQ(problem(made), "InvalidKeySet: method 'corp': the key set has no list `keys`");
  made.config_maps = {config_map({{"jwks.json", R"({"keys":[{"kty":"OKP","d":"AA"}]})"}})};
  EXPECT_THAT(problem(made), HasSubstr("must be replaced"));
}

TEST(TokenKeys, OfWhichNoneCanVerifyAreAProblem) {
  const TokenKeys keys = collect(world_with({KeySource::Kind::Inline, R"({"keys":[{"kty":"oct","k":"AA"}]})", "", ""}));
  ASSERT_THAT(keys.problems, SizeIs(1));
  EXPECT_EQ(
      keys.problems[0].words,
      "method 'corp': the key set has no key that can verify a signature; keys[0]: is of a type that is not known");
  EXPECT_THAT(keys.status, ElementsAre(api::TokenKeyStatus{"corp", 0, 1}));
}

TEST(TokenKeys, OfAnOlderVersionStayWhileTheNewerIsBroken) {
  World made = world_with(config_map_ref());
  made.config_maps = {config_map({{"jwks.json", kKeySet}})};
  made.config_maps[0].fault = "data: is broken";
  const TokenKeys keys = collect(made);
  EXPECT_THAT(keys.by_method.at(0).keys, HasSubstr("11qYAYKx"));
  EXPECT_EQ(keys.problems.at(0).reason, "ConfigMapInvalid");
}

KeySource url_with_ca() {
  KeySource source{KeySource::Kind::Remote, "", "keys", "ca.crt"};
  source.remote.url = "https://id.example/keys";
  return source;
}

TEST(TokenKeys, ThatAreFetchedAreLeftToTheSidecar) {
  KeySource source = url_with_ca();
  source.name.clear();
  const TokenKeys keys = collect(world_with(source));
  EXPECT_THAT(keys.by_method, ElementsAre(render::TokenKeys{kNoKeys, source.remote}));
  EXPECT_THAT(keys.problems, IsEmpty());
  EXPECT_THAT(keys.status, IsEmpty());
}

TEST(TokenKeys, AreFetchedFromWhomTheAuthoritiesVouchFor) {
  World made = world_with(url_with_ca());
  made.config_maps = {config_map({{"ca.crt", "-----BEGIN CERTIFICATE-----\n"}})};
  EXPECT_EQ(collect(made).by_method.at(0).remote->ca, "-----BEGIN CERTIFICATE-----\n");
}

TEST(TokenKeys, AreNotFetchedWithoutTheAuthoritiesThatAreNamed) {
  World made = world_with(url_with_ca());
  EXPECT_THAT(problem(made), HasSubstr("ConfigMapNotFound"));
  made.config_maps = {config_map({{"ca.crt", "junk"}})};
  EXPECT_EQ(problem(made), "InvalidCertificate: method 'corp': ConfigMap entry 'keys/ca.crt' is not PEM");
}

TEST(TokenKeys, AreRenderedAndTold) {
  World made = world_with(config_map_ref());
  made.config_maps = {config_map({{"jwks.json", kKeySet}})};
  const Plan good = plan(made, kNow);
  EXPECT_THAT(good.config.routes.at(0).auth.at(0).jwt->keys, HasSubstr("11qYAYKx"));
  EXPECT_EQ(good.statuses.at(0).conditions.at(1).status, "True");
  EXPECT_THAT(good.statuses.at(0).token_keys, ElementsAre(api::TokenKeyStatus{"corp", 1, 0}));
  made.config_maps.clear();
  const Plan without = plan(made, kNow);
  EXPECT_EQ(without.config.routes.at(0).auth.at(0).jwt->keys, kNoKeys);
  EXPECT_EQ(without.statuses.at(0).conditions.at(0).status, "True");
  EXPECT_EQ(without.statuses.at(0).conditions.at(1).reason, "ConfigMapNotFound");
  EXPECT_NE(without.config.routes[0].hash, good.config.routes[0].hash);
}

}  // namespace
}  // namespace mlgateway::route
