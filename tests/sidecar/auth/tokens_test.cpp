// Tokens as credentials of a route: which method decides, whom they name, how long they are remembered.
#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "sidecar/auth/authenticator.hpp"
#include "sidecar/config/digest.hpp"
#include "tests/sidecar/auth/requests.hpp"
#include "tests/sidecar/config/routes.hpp"
#include "tests/sidecar/jose/signer.hpp"

namespace mlgateway::auth {
namespace {

using namespace std::chrono_literals;
using config::token_method;
using config::token_rules;
using http::authorization;
using http::field;
using jose::Algorithm;
using jose::Signer;

const WallTime kNow{1'800'000'000s};
constexpr const char* kIssuer = "https://id.example/";

const Signer& corp() {
  static const Signer signer(Algorithm::ES256);
  return signer;
}

// Claims that are good for kNow and a hundred seconds; `more` replaces or adds some, null removes one.
std::string claims(const char* more = "{}") {
  auto made = nlohmann::json{{"iss", kIssuer}, {"aud", "models"}, {"exp", 1'800'000'100}, {"sub", "alice"}};
  made.merge_patch(nlohmann::json::parse(more));
  return made.dump();
}

config::Route route_with(std::vector<config::AuthMethod> methods) {
  auto made = config::route("iris");
  made.auth = std::move(methods);
  return made;
}

config::Route token_route() { return route_with({token_method(token_rules(kIssuer, corp().key_set()))}); }

// A route's door, with everything it needs.
struct Door {
  explicit Door(config::Route made) : route(std::move(made)), authenticator(route, shared) {}

  Result<Principal> ask(std::string_view token, WallTime now = kNow) {
    const std::string value = "Bearer " + std::string(token);
    const std::vector<http::Field> fields = {authorization(value)};
    return identify(fields, now);
  }
  Result<Principal> identify(const std::vector<http::Field>& fields, WallTime now = kNow) {
    Inquiry inquiry;
    return authenticator.identify(fields, now, inquiry);
  }
  // The reason of the refusal; "" when the token is good.
  std::string judge(std::string_view token, WallTime now = kNow) {
    const auto principal = ask(token, now);
    return principal ? "" : std::string(name(principal.error().reason));
  }

  config::Route route;
  Tokens shared;
  Authenticator authenticator;
};

TEST(Tokens, NameTheCallerByTheClaimsOfTheMethod) {
  Door door(token_route());
  const auto principal = door.ask(corp().token(claims(R"({"org":"botany","plan":"gold","realm":{"team":7}})")));
  ASSERT_TRUE(principal) << principal.error().message;
  EXPECT_EQ(principal->method, "corp");
  EXPECT_EQ(principal->issuer, kIssuer);
  EXPECT_EQ(principal->name, "alice");
  EXPECT_EQ(principal->tenant, "botany");
  EXPECT_EQ(*principal->labels, (config::Labels{{"plan", "gold"}, {"team", "7"}}));
  EXPECT_FALSE(principal->anonymous);
}

TEST(Tokens, KeepWhatThePrincipalPointsTo) {
  Result<Principal> principal = Error(Reason::Internal, "");
  {
    Door door(token_route());
    principal = door.ask(corp().token(claims(R"({"plan":"gold"})")));
  }
  EXPECT_EQ(principal->name, "alice");
  EXPECT_EQ(principal->labels->at("plan"), "gold");
}

TEST(Tokens, WithoutTenantAndLabelsAreTheirOwnTenants) {
  Door door(token_route());
  const auto principal = door.ask(corp().token(claims(R"({"plan":["gold"]})")));
  EXPECT_EQ(principal->tenant, "");
  EXPECT_TRUE(principal->labels->empty());
}

TEST(Tokens, NeedAClaimThatNamesTheCaller) {
  Door door(token_route());
  for (const char* more : {R"({"sub":null})", R"({"sub":7})", R"({"sub":""})", R"({"sub":["alice"]})",
                           R"({"sub":"a\nb"})", R"({"org":7})", R"({"org":""})", R"({"org":["a"]})"}) {
    EXPECT_EQ(door.judge(corp().token(claims(more))), "TokenClaimsInvalid") << more;
  }
}

TEST(Tokens, AreRefusedForTheReasonThatIsTheirs) {
  Door door(token_route());
  const Signer stranger(Algorithm::ES256);
  EXPECT_EQ(door.judge(stranger.token(claims())), "TokenSignatureInvalid");
  EXPECT_EQ(door.judge(Signer(Algorithm::ES256, "k2").token(claims())), "TokenKeyUnknown");
  EXPECT_EQ(door.judge(Signer(Algorithm::PS256).token(claims())), "TokenAlgorithmNotAllowed");
  EXPECT_EQ(door.judge(corp().token(claims(R"({"iss":"https://id.example"})"))), "TokenIssuerUnknown");
  EXPECT_EQ(door.judge(corp().token(claims(R"({"iss":null})"))), "TokenIssuerUnknown");
  EXPECT_EQ(door.judge(corp().token(claims(R"({"aud":"others"})"))), "TokenAudienceMismatch");
  EXPECT_EQ(door.judge(corp().token(claims(R"({"exp":1799999970})"))), "CredentialExpired");
  EXPECT_EQ(door.judge(corp().token(claims(R"({"nbf":1800000031})"))), "TokenNotYetValid");
  EXPECT_EQ(door.judge(corp().token(claims(R"({"exp":null})"))), "TokenClaimsInvalid");
  EXPECT_EQ(door.judge(corp().token("7")), "TokenMalformed");
  EXPECT_EQ(door.judge(corp().token(R"({"alg":"none"})", claims())), "TokenAlgorithmNotAllowed");
  EXPECT_EQ(door.judge("a.b.c"), "TokenMalformed");
  EXPECT_EQ(door.judge("a.b"), "CredentialInvalid");
  EXPECT_EQ(door.judge("opaque"), "CredentialInvalid");
}

TEST(Tokens, OfAMethodWithoutKeysAreRefusedAsOurFault) {
  Door door(route_with({token_method(token_rules(kIssuer, R"({"keys":[]})"))}));
  EXPECT_EQ(door.judge(corp().token(claims())), "KeysUnavailable");
}

TEST(Tokens, BelongToTheMethodOfTheirIssuer) {
  const Signer partner(Algorithm::EdDSA);
  Door door(route_with({token_method(token_rules(kIssuer, corp().key_set())),
                        token_method(token_rules("https://partner.example/", partner.key_set()), "partner")}));
  EXPECT_EQ(door.ask(corp().token(claims()))->method, "corp");
  const auto other = door.ask(partner.token(claims(R"({"iss":"https://partner.example/"})")));
  EXPECT_EQ(other->method, "partner");
  EXPECT_EQ(other->issuer, "https://partner.example/");
  // One issuer's key does not sign for the other, and nobody tries it.
  EXPECT_EQ(door.judge(partner.token(claims())), "TokenKeyUnknown");
  EXPECT_EQ(door.judge(corp().token(claims(R"({"iss":"https://partner.example/"})"))), "TokenKeyUnknown");
}

TEST(Tokens, AreTakenFromTheFieldsOfTheirMethodOnly) {
  auto partner = token_method(token_rules("https://partner.example/", corp().key_set()), "partner");
  partner.headers = {{"x-partner", "Token"}};
  Door door(route_with({token_method(token_rules(kIssuer, corp().key_set())), partner}));
  const std::string token = corp().token(claims(R"({"iss":"https://partner.example/"})"));
  const std::string value = "token " + token;
  const std::vector<http::Field> fields = {field("X-Partner", value)};
  EXPECT_EQ(door.identify(fields)->method, "partner");
  EXPECT_EQ(door.judge(token), "CredentialInvalid");
  EXPECT_EQ(door.judge(token), "CredentialInvalid");
  EXPECT_TRUE(door.authenticator.is_credential(field("X-Partner", "")));
}

TEST(Tokens, AreLookedUpAsKeysFirst) {
  const std::string token = corp().token(claims(R"({"exp":1})"));
  const config::KeySet keys{"odd", "", {}, std::nullopt, {{"bob", config::sha256(token)}}};
  Door door(route_with({token_method(token_rules(kIssuer, corp().key_set())), config::key_method({keys})}));
  EXPECT_EQ(door.ask(token)->name, "bob");
  EXPECT_EQ(door.judge(corp().token(claims())), "");
  EXPECT_EQ(door.judge("unknown-key-0123456789"), "CredentialInvalid");
}

TEST(Tokens, ThatFailAreNeverAnonymous) {
  Door door(route_with({config::anonymous_method(), token_method(token_rules(kIssuer, corp().key_set()))}));
  EXPECT_TRUE(door.identify({})->anonymous);
  EXPECT_EQ(door.judge(corp().token(claims(R"({"exp":1})"))), "CredentialExpired");
  EXPECT_EQ(door.judge(corp().token(claims(R"({"iss":"x"})"))), "TokenIssuerUnknown");
}

TEST(Tokens, BesideAnotherCredentialAreRefused) {
  Door door(route_with({token_method(token_rules(kIssuer, corp().key_set())), config::key_method({})}));
  const std::string value = "Bearer " + corp().token(claims());
  const std::vector<http::Field> fields = {authorization(value), field("x-api-key", "k")};
  EXPECT_EQ(door.identify(fields).error().reason, Reason::CredentialAmbiguous);
}

TEST(Tokens, AreVerifiedOnceAndRememberedUntilTheyEnd) {
  Door door(token_route());
  const std::string token = corp().token(claims());
  for (int i = 0; i < 5; ++i) EXPECT_EQ(door.judge(token), "");
  EXPECT_EQ(door.shared.memory.numbers().good, 1u);
  EXPECT_EQ(door.shared.memory.numbers().hits, 4u);
  EXPECT_EQ(door.judge(token, kNow + 130s - 1ms), "");
  EXPECT_EQ(door.judge(token, kNow + 130s), "CredentialExpired");
}

TEST(Tokens, ThatAreRefusedAreNotRemembered) {
  Door door(token_route());
  const std::string token = corp().token(claims(R"({"nbf":1800000050})"));
  EXPECT_EQ(door.judge(token), "TokenNotYetValid");
  EXPECT_EQ(door.judge(token, kNow + 30s), "");
  EXPECT_EQ(door.shared.memory.numbers().tokens, 1u);
  EXPECT_EQ(door.shared.memory.numbers().refused[static_cast<std::size_t>(Reason::TokenNotYetValid)], 1u);
}

TEST(Tokens, OneCharacterApartAreTwo) {
  Door door(token_route());
  std::string token = corp().token(claims());
  EXPECT_EQ(door.judge(token), "");
  token.back() = token.back() == 'A' ? 'Q' : 'A';
  EXPECT_NE(door.judge(token), "");
}

TEST(Tokens, AreForgottenWhenKeysOrRulesChange) {
  Tokens shared;
  const std::string value = "Bearer " + corp().token(claims());
  const std::vector<http::Field> fields = {authorization(value)};
  const auto judge = [&](const config::Route& route) {
    Inquiry inquiry;
    const auto principal = Authenticator(route, shared).identify(fields, kNow, inquiry);
    return principal ? "" : std::string(name(principal.error().reason));
  };
  EXPECT_EQ(judge(token_route()), "");
  EXPECT_EQ(judge(token_route()), "");
  EXPECT_EQ(shared.memory.numbers().hits, 1u);
  EXPECT_EQ(judge(route_with({token_method(token_rules(kIssuer, Signer(Algorithm::ES256).key_set()))})),
            "TokenSignatureInvalid");
  auto narrower = token_route();
  narrower.auth[0].jwt->audiences = {"others"};
  EXPECT_EQ(judge(narrower), "TokenAudienceMismatch");
  auto stricter = token_route();
  stricter.auth[0].jwt->algorithms = {Algorithm::EdDSA};
  EXPECT_EQ(judge(stricter), "TokenAlgorithmNotAllowed");
}

config::Route scoped_route(const char* scope) {
  auto route = token_route();
  config::AccessRule rule;
  rule.claims = {{"scope", config::ClaimTest::Contains, {scope}}};
  route.authorization = config::Authorization{config::Enforcement::Enforce, {rule}};
  return route;
}

TEST(Tokens, TellWhichRulesOfAuthorizationTheirClaimsMeet) {
  Door door(scoped_route("predict"));
  for (int again = 0; again < 2; ++again) {
    EXPECT_EQ(door.ask(corp().token(claims(R"({"scope":"openid predict"})")))->token->rules_met, 1u);
    EXPECT_EQ(door.ask(corp().token(claims(R"({"scope":["read"]})")))->token->rules_met, 0u);
  }
}

TEST(Tokens, AreJudgedAnewWhenRulesOfAuthorizationChange) {
  Tokens shared;
  const std::string value = "Bearer " + corp().token(claims(R"({"scope":"predict"})"));
  const std::vector<http::Field> fields = {authorization(value)};
  const auto met = [&](const config::Route& route) {
    Inquiry inquiry;
    return Authenticator(route, shared).identify(fields, kNow, inquiry)->token->rules_met;
  };
  EXPECT_EQ(met(scoped_route("predict")), 1u);
  EXPECT_EQ(met(scoped_route("train")), 0u);
  EXPECT_EQ(met(scoped_route("predict")), 1u);
}

// A route whose keys are fetched, and the ring that they come to.
struct Fetched {
  Fetched() : door(route_with({token_method(config::fetched_token_rules(kIssuer))})) {
    ring = door.shared.rings.ring({kIssuer, *door.route.auth[0].jwt->remote});
  }
  void put(const Signer& signer) { ring->put(jose::read_key_set(signer.key_set()).value()); }

  Door door;
  std::shared_ptr<KeyRing> ring;
};

TEST(FetchedKeys, OpenNothingBeforeTheyAreThere) {
  Fetched fetched;
  const std::string token = corp().token(claims());
  EXPECT_EQ(fetched.door.judge(token), "KeysUnavailable");
  fetched.put(corp());
  EXPECT_EQ(fetched.door.judge(token), "");
}

TEST(FetchedKeys, ThatAreGoneTakeTheRememberedTokensAlong) {
  Fetched fetched;
  fetched.put(corp());
  const std::string token = corp().token(claims());
  EXPECT_EQ(fetched.door.judge(token), "");
  EXPECT_EQ(fetched.door.judge(token), "");
  EXPECT_EQ(fetched.door.shared.memory.numbers().good, 1u);
  fetched.ring->clear();
  EXPECT_EQ(fetched.door.judge(token), "KeysUnavailable");
  fetched.put(Signer(Algorithm::ES256));
  EXPECT_EQ(fetched.door.judge(token), "TokenSignatureInvalid");
  fetched.put(corp());
  EXPECT_EQ(fetched.door.judge(token), "");
  EXPECT_EQ(fetched.door.shared.memory.numbers().good, 2u);
}

TEST(FetchedKeys, AreAskedForWhenATokenNamesAnUnknownOne) {
  Fetched fetched;
  int told = 0;
  fetched.ring->on_miss([&] { ++told; });
  fetched.put(corp());
  EXPECT_EQ(fetched.door.judge(corp().token(claims())), "");
  EXPECT_EQ(fetched.door.judge(Signer(Algorithm::ES256).token(claims())), "TokenSignatureInvalid");
  EXPECT_EQ(told, 0);
  EXPECT_EQ(fetched.door.judge(Signer(Algorithm::ES256, "k2").token(claims())), "TokenKeyUnknown");
  EXPECT_EQ(told, 1);
  fetched.ring->take_miss();
  const std::string nameless = Signer(Algorithm::ES256).token(R"({"alg":"ES256"})", claims());
  EXPECT_EQ(fetched.door.judge(nameless), "TokenSignatureInvalid");
  EXPECT_EQ(told, 2);
}

}  // namespace
}  // namespace mlgateway::auth
