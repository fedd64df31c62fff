#include "operator/route/introspections.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "operator/route/plan.hpp"
#include "tests/operator/route/builders.hpp"

namespace mlgateway::route {
namespace {

using api::KeySource;
using testing::IsEmpty;

api::MethodSpec asking_method() {
  api::MethodSpec method{"opaque", config::AuthType::Introspection, {}, {{"authorization", "Bearer"}}};
  method.introspection = api::IntrospectionSpec{};
  config::Introspection& provider = method.introspection->provider;
  provider.issuer = "https://id.example/";
  provider.url = "https://id.example/introspect";
  provider.client_id = "gateway";
  provider.principal_claim = "sub";
  method.introspection->secret = {KeySource::Kind::Secret, "", "client", "client-secret"};
  return method;
}

ObservedSecret secret(std::map<std::string, std::string> entries) {
  ObservedSecret made;
  made.secret.key = {"default", "client"};
  made.secret.labels = {{kUseLabel, "client"}};
  made.secret.entries = std::move(entries);
  return made;
}

World world_with(std::optional<ObservedSecret> held) {
  World made = world({observed("iris")});
  made.routes[0].good->methods = {asking_method()};
  if (held) made.secrets = {std::move(*held)};
  return made;
}

World trusting(std::string authorities) {
  World made = world_with(secret({{"client-secret", "s3cret"}}));
  made.routes[0].good->methods[0].introspection->authorities = {KeySource::Kind::ConfigMap, "", "ca", "ca.crt"};
  made.config_maps = {{{{"default", "ca"}, {{kUseLabel, "ca"}}, {{"ca.crt", std::move(authorities)}}}, ""}};
  return made;
}

config::Introspection collected(const World& world) {
  return collect_introspections(*world.routes[0].good, world).by_method.at(0).value();
}

// The only problem, as "Reason: words"; with one, nobody may be asked.
std::string problem(const World& world) {
  const auto made = collect_introspections(*world.routes[0].good, world);
  if (made.problems.size() != 1) return std::to_string(made.problems.size()) + " problems";
  EXPECT_THAT(made.by_method.at(0)->url, IsEmpty());
  EXPECT_THAT(made.by_method.at(0)->client_secret, IsEmpty());
  return made.problems[0].reason + ": " + made.problems[0].words;
}

TEST(Introspections, TakeTheClientsSecretWithoutItsLineBreak) {
  for (const char* text : {"s3cret", "s3cret\n", "s3cret\r\n"}) {
    const config::Introspection made = collected(world_with(secret({{"client-secret", text}})));
    EXPECT_EQ(made.client_secret, "s3cret");
    EXPECT_EQ(made.url, "https://id.example/introspect");
  }
}

TEST(Introspections, AskNobodyWithoutASecret) {
  EXPECT_EQ(problem(world_with({})),
            "SecretNotFound: method 'opaque': there is no Secret 'client' in namespace 'default'");
  EXPECT_EQ(problem(world_with(secret({{"other", "s3cret"}}))),
            "SecretNotFound: method 'opaque': Secret 'client' has no entry 'client-secret'");
  for (const char* text : {"", "\n", "a\nb", "s\xc3\xa4"}) {
    EXPECT_EQ(problem(world_with(secret({{"client-secret", text}}))),
              "InvalidClientSecret: method 'opaque': Secret entry 'client/client-secret' is not 1 to 1024 printable "
              "characters");
  }
  auto unlabelled = secret({{"client-secret", "s3cret"}});
  unlabelled.secret.labels.clear();
  EXPECT_EQ(problem(world_with(unlabelled)),
            "RefNotPermitted: method 'opaque': Secret 'client' lacks the label mlgateway.io/use");
}

TEST(Introspections, TrustTheAuthoritiesThatTheyNameOrNobody) {
  const std::string pem = "-----BEGIN CERTIFICATE-----\n";
  EXPECT_EQ(collected(trusting(pem)).ca, pem);
  EXPECT_EQ(problem(trusting("x")), "InvalidCertificate: method 'opaque': ConfigMap entry 'ca/ca.crt' is not PEM");
  World without = trusting(pem);
  without.config_maps.clear();
  EXPECT_EQ(problem(without), "ConfigMapNotFound: method 'opaque': there is no ConfigMap 'ca' in namespace 'default'");
}

TEST(Introspections, ThatCannotBeAskedLeaveTheRouteInForce) {
  const Plan plan = route::plan(world_with({}), WallTime{});
  ASSERT_EQ(plan.config.routes.size(), 1u);
  EXPECT_EQ(plan.config.routes[0].auth.at(0).introspection->url, "");
}

}  // namespace
}  // namespace mlgateway::route
