#include "sidecar/auth/introspection.hpp"

#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sidecar/auth/authenticator.hpp"
#include "sidecar/config/digest.hpp"
#include "tests/sidecar/auth/requests.hpp"
#include "tests/sidecar/config/routes.hpp"
#include "tests/sidecar/jose/signer.hpp"

namespace mlgateway::auth {
namespace {

using namespace std::chrono_literals;
using http::authorization;
using http::field;

const WallTime kNow{1'800'000'000s};

config::Route asking_route(std::vector<config::AuthMethod> more = {}) {
  auto route = config::route("iris");
  route.auth = std::move(more);
  route.auth.push_back(config::asking_method());
  return route;
}

Verdict judge(std::string_view answer, const config::Route& route = asking_route()) {
  return judge_introspection(answer, *introspection_rules(route), kNow);
}

std::string reason_of(const Verdict& verdict) { return verdict ? "" : std::string(name(verdict.error().reason)); }

TEST(IntrospectionRequest, NamesTokenAndClient) {
  auto provider = config::introspection();
  provider.client_id = "a:b";
  provider.client_secret = "\xc3\xa4 +&=";
  const auto basic = introspection_request(provider, "x+/=");
  EXPECT_EQ(basic.body, "token=x%2B%2F%3D&token_type_hint=access_token");
  EXPECT_EQ(basic.authorization, "Basic YSUzQWI6JUMzJUE0JTIwJTJCJTI2JTNE");  // a%3Ab:%C3%A4%20%2B%26%3D
  provider.authentication = config::ClientAuthentication::Post;
  const auto post = introspection_request(provider, "x");
  EXPECT_EQ(post.authorization, "");
  EXPECT_EQ(post.body, "token=x&token_type_hint=access_token&client_id=a%3Ab&client_secret=%C3%A4%20%2B%26%3D");
}

TEST(IntrospectionRequest, IsMadeForWhatMayBeABearerToken) {
  for (const char* token : {"x", "a-._~+/9", "abc=", "abc=="}) EXPECT_TRUE(may_be_introspected(token)) << token;
  for (const char* token : {"", "=", "a b", "a=b", "a,b", "a\"", "\xc3\xa4", "a%20"}) {
    EXPECT_FALSE(may_be_introspected(token)) << token;
  }
  EXPECT_TRUE(may_be_introspected(std::string(8192, 'a')));
  EXPECT_FALSE(may_be_introspected(std::string(8193, 'a')));
}

TEST(IntrospectionAnswer, NamesTheCallerOfAnActiveToken) {
  const auto verdict = judge(R"({"active":true,"sub":"alice","org":"botany","plan":"gold","exp":1800000030})");
  ASSERT_TRUE(verdict) << verdict.error().message;
  EXPECT_EQ((*verdict)->issuer, "https://opaque.example/");
  EXPECT_EQ((*verdict)->name, "alice");
  EXPECT_EQ((*verdict)->tenant, "botany");
  EXPECT_EQ((*verdict)->labels, (config::Labels{{"plan", "gold"}}));
  EXPECT_EQ((*verdict)->end, kNow + 30s);
}

TEST(IntrospectionAnswer, IsGoodForAsLongAsTheMethodRemembersAtMost) {
  EXPECT_EQ((*judge(R"({"active":true,"sub":"a","exp":1800099999})"))->end, kNow + 60s);
  EXPECT_EQ((*judge(R"({"active":true,"sub":"a"})"))->end, kNow + 60s);
}

TEST(IntrospectionAnswer, RefusesATokenThatIsNotActive) {
  EXPECT_EQ(reason_of(judge(R"({"active":false})")), "TokenInactive");
  EXPECT_EQ(reason_of(judge(R"({"active":false,"sub":"alice","exp":1800000030})")), "TokenInactive");
}

TEST(IntrospectionAnswer, RefusesAnActiveTokenThatIsNotForHere) {
  EXPECT_EQ(reason_of(judge(R"({"active":true,"sub":"a","iss":"https://x.example/"})")), "TokenIssuerUnknown");
  EXPECT_EQ(reason_of(judge(R"({"active":true,"sub":"a","iss":7})")), "TokenIssuerUnknown");
  EXPECT_EQ(reason_of(judge(R"({"active":true,"sub":"a","iss":"https://opaque.example/"})")), "");
  EXPECT_EQ(reason_of(judge(R"({"active":true,"sub":"a","exp":1800000000})")), "CredentialExpired");
  EXPECT_EQ(reason_of(judge(R"({"active":true,"sub":"a","exp":"1800000030"})")), "TokenClaimsInvalid");
  EXPECT_EQ(reason_of(judge(R"({"active":true,"sub":"a","nbf":1800000030})")), "");
  EXPECT_EQ(reason_of(judge(R"({"active":true,"sub":"a","nbf":1800000031})")), "TokenNotYetValid");
  EXPECT_EQ(reason_of(judge(R"({"active":true})")), "TokenClaimsInvalid");
  EXPECT_EQ(reason_of(judge(R"({"active":true,"sub":"a\nb"})")), "TokenClaimsInvalid");
  EXPECT_EQ(reason_of(judge(R"({"active":true,"sub":"a","org":[]})")), "TokenClaimsInvalid");
}

TEST(IntrospectionAnswer, NeedsAnAudienceWhereTheMethodHasSome) {
  auto route = asking_route();
  route.auth[0].introspection->audiences = {"models"};
  EXPECT_EQ(reason_of(judge(R"({"active":true,"sub":"a"})", route)), "TokenAudienceMismatch");
  EXPECT_EQ(reason_of(judge(R"({"active":true,"sub":"a","aud":"others"})", route)), "TokenAudienceMismatch");
  EXPECT_EQ(reason_of(judge(R"({"active":true,"sub":"a","aud":["x","models"]})", route)), "");
}

TEST(IntrospectionAnswer, ThatIsNoneIsNobodysFault) {
  for (const char* answer : {"", "active", "true", "[]", "null", "{}", R"({"active":"true"})", R"({"active":1})",
                             R"({"active":null,"sub":"alice"})", R"({"active":true,"active":false,"sub":"alice"})",
                             R"({"active":true,"sub":"alice"}x)", R"({"active":true,"sub":"alice")",
                             R"([{"active":true,"sub":"alice"}])", R"({"Active":true,"sub":"alice"})"}) {
    EXPECT_EQ(reason_of(judge(answer)), "IntrospectionUnavailable") << answer;
  }
}

TEST(IntrospectionAnswer, TellsWhichRulesOfAuthorizationItMeets) {
  auto route = asking_route();
  config::AccessRule rule;
  rule.claims = {{"scope", config::ClaimTest::Contains, {"predict"}}};
  route.authorization = config::Authorization{config::Enforcement::Enforce, {config::AccessRule{}, rule}};
  EXPECT_EQ((*judge(R"({"active":true,"sub":"a","scope":"read predict"})", route))->rules_met, 0b11u);
  EXPECT_EQ((*judge(R"({"active":true,"sub":"a"})", route))->rules_met, 0b01u);
}

// A route's door, and what its requests have to ask.
struct Door {
  explicit Door(config::Route made) : route(std::move(made)), authenticator(route, shared) {}

  std::string judge(std::string_view token) {
    const std::string value = "Bearer " + std::string(token);
    const std::vector<http::Field> fields = {authorization(value)};
    const auto principal = authenticator.identify(fields, kNow, inquiry);
    return principal ? std::string(principal->name) : std::string(name(principal.error().reason));
  }
  void answer(std::string_view text) {
    const auto verdict = judge_introspection(text, *inquiry.open->rules, kNow);
    inquiry.answered.push_back({inquiry.open->key, verdict});
    inquiry.open.reset();
  }

  config::Route route;
  Tokens shared;
  Authenticator authenticator;
  Inquiry inquiry;
};

TEST(OpaqueTokens, AreAskedAboutOnceNothingIsKnownOfThem) {
  Door door(asking_route());
  EXPECT_EQ(door.judge("opaque"), "IntrospectionUnavailable");
  ASSERT_TRUE(door.inquiry.open);
  EXPECT_EQ(door.inquiry.open->token, "opaque");
  door.answer(R"({"active":true,"sub":"alice"})");
  EXPECT_EQ(door.judge("opaque"), "alice");
  EXPECT_FALSE(door.inquiry.open);
  EXPECT_EQ(door.judge("another"), "IntrospectionUnavailable");
}

TEST(OpaqueTokens, AreRefusedAsTheProviderSays) {
  Door door(asking_route({config::anonymous_method()}));
  EXPECT_EQ(door.judge("opaque"), "IntrospectionUnavailable");
  door.answer(R"({"active":false})");
  EXPECT_EQ(door.judge("opaque"), "TokenInactive");
}

TEST(OpaqueTokens, AreRememberedGoodOrBad) {
  Door door(asking_route());
  door.judge("good");
  const Question good = *door.inquiry.open;
  door.shared.memory.remember(good.key, *judge_introspection(R"({"active":true,"sub":"alice"})", *good.rules, kNow));
  door.inquiry.open.reset();
  door.judge("bad");
  door.shared.refused.remember(door.inquiry.open->key, Error(Reason::TokenInactive, ""), kNow + 5s);
  door.inquiry.open.reset();
  EXPECT_EQ(door.judge("good"), "alice");
  EXPECT_EQ(door.judge("bad"), "TokenInactive");
  EXPECT_FALSE(door.inquiry.open);
}

TEST(OpaqueTokens, MeanNothingUnderOtherRules) {
  const auto route = asking_route();
  auto other = route;
  other.auth[0].introspection->audiences = {"models"};
  auto ruled = route;
  ruled.authorization = config::Authorization{config::Enforcement::Enforce, {config::AccessRule{}}};
  EXPECT_NE(introspection_rules(route)->digest, introspection_rules(other)->digest);
  EXPECT_NE(introspection_rules(route)->digest, introspection_rules(ruled)->digest);
  EXPECT_EQ(introspection_rules(config::route("iris")), nullptr);
}

TEST(OpaqueTokens, AreNoKeysAndNoTokensOfAnotherMethodsIssuer) {
  const jose::Signer corp(jose::Algorithm::ES256);
  const std::string issuer = "https://id.example/";
  Door door(asking_route({config::key_method({{"team", "", {}, {}, {{"bob", config::sha256("bob-0123456789")}}}}),
                          config::token_method(config::token_rules(issuer, corp.key_set()))}));
  EXPECT_EQ(door.judge("bob-0123456789"), "bob");
  const std::string expired = corp.token(R"({"iss":"https://id.example/","aud":"models","exp":1,"sub":"alice"})");
  EXPECT_EQ(door.judge(expired), "CredentialExpired");
  EXPECT_EQ(door.judge(corp.token(R"({"alg":"none"})", R"({"iss":"https://id.example/"})")),
            "TokenAlgorithmNotAllowed");
  EXPECT_EQ(door.judge("a.b.c"), "TokenMalformed");
  EXPECT_FALSE(door.inquiry.open);
  // A signed token of somebody else is one that only its provider can read.
  EXPECT_EQ(door.judge(corp.token(R"({"iss":"https://opaque.example/"})")), "IntrospectionUnavailable");
  EXPECT_TRUE(door.inquiry.open);
}

TEST(OpaqueTokens, AreNeverAskedAboutWhenTheyCannotBeTokens) {
  Door door(asking_route());
  EXPECT_EQ(door.judge("a b"), "CredentialInvalid");
  EXPECT_EQ(door.judge(std::string(9000, 'a')), "CredentialInvalid");
  EXPECT_FALSE(door.inquiry.open);
}

TEST(OpaqueTokens, FromAnAddressOfTooManyFailuresAreNotAskedAboutUnlessTheyAreKnown) {
  Door door(asking_route({config::key_method({{"team", "", {}, {}, {{"bob", config::sha256("bob-0123456789")}}}})}));
  door.inquiry.client = "192.0.2.1";
  door.judge("known");
  const Question known = *door.inquiry.open;
  door.shared.memory.remember(known.key, *judge_introspection(R"({"active":true,"sub":"alice"})", *known.rules, kNow));
  door.inquiry.open.reset();
  for (int i = 0; i < Failures::kBurst; ++i) door.shared.failures.count("192.0.2.1", kNow);
  EXPECT_EQ(door.judge("guess"), "TooManyFailures");
  EXPECT_FALSE(door.inquiry.open);
  EXPECT_EQ(door.judge("known"), "alice");
  EXPECT_EQ(door.judge("bob-0123456789"), "bob");
}

TEST(OpaqueTokens, ThatWereGoodAreAskedAboutAgainWhateverOthersOfTheirAddressDo) {
  Door door(asking_route());
  door.inquiry.client = "192.0.2.1";
  door.judge("known");
  const Question known = *std::exchange(door.inquiry.open, std::nullopt);
  const auto ended = judge_introspection(R"({"active":true,"sub":"alice"})", *known.rules, kNow - 1h);
  door.shared.memory.remember(known.key, *ended);
  for (int i = 0; i < Failures::kBurst; ++i) door.shared.failures.count("192.0.2.1", kNow);
  EXPECT_EQ(door.judge("known"), "IntrospectionUnavailable");
  EXPECT_TRUE(door.inquiry.open);
  door.inquiry.open.reset();
  door.shared.memory.forget(known.key);
  EXPECT_EQ(door.judge("known"), "TooManyFailures");
}

TEST(RefusedTokens, AreForgottenInTimeAndTheOldestFirst) {
  RefusedTokens refused(2);
  const auto key = [](const char* text) { return config::sha256(text); };
  const Error inactive(Reason::TokenInactive, "");
  refused.remember(key("a"), inactive, kNow + 5s);
  refused.remember(key("a"), inactive, kNow + 10s);
  EXPECT_TRUE(refused.find(key("a"), kNow + 9s));
  EXPECT_FALSE(refused.find(key("a"), kNow + 10s));
  refused.remember(key("b"), inactive, kNow + 10s);
  refused.remember(key("c"), inactive, kNow + 10s);
  EXPECT_FALSE(refused.find(key("a"), kNow));
  EXPECT_TRUE(refused.find(key("b"), kNow));
  refused.remember(key("d"), inactive, kNow + 10s);
  EXPECT_FALSE(refused.find(key("b"), kNow));
  EXPECT_TRUE(refused.find(key("c"), kNow));
  EXPECT_TRUE(refused.find(key("d"), kNow));
}

}  // namespace
}  // namespace mlgateway::auth
