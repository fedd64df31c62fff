#include "sidecar/auth/authenticator.hpp"

#include <chrono>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sidecar/config/digest.hpp"
#include "tests/sidecar/auth/requests.hpp"
#include "tests/sidecar/config/routes.hpp"

namespace mlgateway::auth {
namespace {

using config::anonymous_method;
using config::AuthMethod;
using config::AuthType;
using config::KeySet;
using config::sha256;
using http::authorization;
using http::field;

constexpr std::string_view kAliceKey = "alice-0123456789abcdef";
constexpr std::string_view kBobKey = "bob-0123456789abcdef";
const WallTime kNow{std::chrono::seconds(1'800'000'000)};

KeySet team_keys() {
  return {
      "team-keys", "team", {{"plan", "gold"}}, std::nullopt, {{"alice", sha256(kAliceKey)}, {"bob", sha256(kBobKey)}}};
}

config::Route route_with(std::vector<AuthMethod> methods) {
  auto made = config::route("iris");
  made.auth = std::move(methods);
  return made;
}

config::Route keyed_route() { return route_with({config::key_method({team_keys()})}); }

Result<Principal> identify(const config::Route& route, std::vector<http::Field> fields, WallTime now = kNow) {
  Tokens shared;
  Inquiry inquiry;
  return Authenticator(route, shared).identify(fields, now, inquiry);
}

Reason refusal(const config::Route& route, std::vector<http::Field> fields, WallTime now = kNow) {
  const auto principal = identify(route, std::move(fields), now);
  return principal ? Reason::Internal : principal.error().reason;
}

TEST(Authenticator, NamesTheCallerByMethodSecretAndEntry) {
  const auto route = keyed_route();
  const std::string value = "Bearer " + std::string(kAliceKey);
  const auto principal = identify(route, {field("Accept", "*/*"), authorization(value)});
  ASSERT_TRUE(principal.ok());
  EXPECT_EQ(principal->method, "keys");
  EXPECT_EQ(principal->issuer, "team-keys");
  EXPECT_EQ(principal->name, "alice");
  EXPECT_EQ(principal->tenant, "team");
  EXPECT_EQ(principal->labels->at("plan"), "gold");
  EXPECT_FALSE(principal->anonymous);
}

TEST(Authenticator, TakesAKeyFromEveryConfiguredHeaderInAnyCase) {
  const auto route = keyed_route();
  const std::string lower = "bEARER  " + std::string(kBobKey);
  EXPECT_EQ(identify(route, {authorization(lower)})->name, "bob");
  EXPECT_EQ(identify(route, {field("X-Api-KEY", kBobKey)})->name, "bob");
}

TEST(Authenticator, RefusesARequestWithoutCredential) {
  EXPECT_EQ(refusal(keyed_route(), {}), Reason::CredentialMissing);
  EXPECT_EQ(refusal(keyed_route(), {field("x-other", kAliceKey)}), Reason::CredentialMissing);
}

TEST(Authenticator, RefusesEveryCredentialItDoesNotKnow) {
  const auto route = keyed_route();
  const std::string key(kAliceKey);
  const std::vector<std::string> values = {"",
                                           "Bearer",
                                           "Bearer ",
                                           key,
                                           "Basic " + key,
                                           "Bearer" + key,
                                           "Bearer\t" + key,
                                           "Bearer " + key + "x",
                                           "Bearer " + key + " ",
                                           "Bearer ALICE-0123456789ABCDEF",
                                           "Bearer " + config::to_hex(sha256(kAliceKey)),
                                           "Bearer x" + key,
                                           "BearerX " + key};
  for (const std::string& value : values) {
    EXPECT_EQ(refusal(route, {authorization(value)}), Reason::CredentialInvalid) << value;
  }
  EXPECT_EQ(refusal(route, {field("x-api-key", "")}), Reason::CredentialInvalid);
  EXPECT_EQ(refusal(route, {field("x-api-key", "Bearer " + key)}), Reason::CredentialInvalid);
}

// An entry such as `sha256:e3b0...` would otherwise let an empty field in.
TEST(Authenticator, RefusesTheEmptyKeyEvenIfItsDigestIsConfigured) {
  const auto route = route_with({config::key_method({{"s", "", {}, std::nullopt, {{"empty", sha256("")}}}})});
  EXPECT_EQ(refusal(route, {field("x-api-key", "")}), Reason::CredentialInvalid);
  EXPECT_EQ(refusal(route, {authorization("Bearer ")}), Reason::CredentialInvalid);
}

TEST(Authenticator, RefusesTwoCredentials) {
  const auto route = keyed_route();
  const std::string bearer = "Bearer " + std::string(kAliceKey);
  EXPECT_EQ(refusal(route, {authorization(bearer), field("x-api-key", kAliceKey)}), Reason::CredentialAmbiguous);
  EXPECT_EQ(refusal(route, {authorization(bearer), authorization(bearer)}), Reason::CredentialAmbiguous);
  EXPECT_EQ(refusal(route, {field("x-api-key", kAliceKey), field("X-API-Key", "")}), Reason::CredentialAmbiguous);
  EXPECT_EQ(refusal(route, {authorization("Basic x"), field("x-api-key", kAliceKey)}), Reason::CredentialAmbiguous);
}

TEST(Authenticator, RefusesAKeyFromTheSecondInWhichItsSecretExpires) {
  auto set = team_keys();
  set.expires = 1'800'000'000;
  const auto route = route_with({config::key_method({set})});
  using std::chrono::milliseconds;
  EXPECT_TRUE(identify(route, {field("x-api-key", kAliceKey)}, kNow - milliseconds(1)).ok());
  EXPECT_EQ(refusal(route, {field("x-api-key", kAliceKey)}, kNow), Reason::CredentialExpired);
  EXPECT_EQ(refusal(route, {field("x-api-key", "wrong-0123456789")}, kNow), Reason::CredentialInvalid);
}

TEST(Authenticator, TakesAnExpiryBeyondTheClock) {
  auto set = team_keys();
  set.expires = std::numeric_limits<std::int64_t>::max();
  const auto route = route_with({config::key_method({set})});
  EXPECT_TRUE(identify(route, {field("x-api-key", kAliceKey)}).ok());
}

TEST(Authenticator, KnowsNobodyWhereTheRouteIsAnonymous) {
  const auto route = route_with({anonymous_method()});
  for (const auto& fields : std::vector<std::vector<http::Field>>{
           {}, {authorization("Bearer x")}, {authorization("Bearer x"), authorization("Bearer y")}}) {
    const auto principal = identify(route, fields);
    ASSERT_TRUE(principal.ok());
    EXPECT_TRUE(principal->anonymous);
    EXPECT_EQ(principal->method, "everyone");
    EXPECT_EQ(principal->name, "");
    EXPECT_EQ(principal->labels, nullptr);
  }
}

TEST(Authenticator, NeverTurnsAFailedCredentialIntoAnonymous) {
  const auto route = route_with({config::key_method({team_keys()}), anonymous_method()});
  EXPECT_TRUE(identify(route, {})->anonymous);
  EXPECT_FALSE(identify(route, {field("x-api-key", kAliceKey)})->anonymous);
  EXPECT_EQ(refusal(route, {field("x-api-key", "wrong")}), Reason::CredentialInvalid);
  EXPECT_EQ(refusal(route, {authorization("Negotiate abc")}), Reason::CredentialInvalid);
}

TEST(Authenticator, AKeyOpensOnlyTheMethodItBelongsTo) {
  const AuthMethod first{"first", AuthType::APIKey, {{"x-first", ""}}, {team_keys()}};
  const AuthMethod second{"second",
                          AuthType::APIKey,
                          {{"x-second", "Token"}, {"authorization", "Bearer"}},
                          {{"others", "", {}, std::nullopt, {{"alice", sha256("second-0123456789")}}}}};
  const auto route = route_with({first, second});
  EXPECT_EQ(identify(route, {field("x-first", kAliceKey)})->issuer, "team-keys");
  EXPECT_EQ(identify(route, {field("x-second", "Token second-0123456789")})->issuer, "others");
  EXPECT_EQ(refusal(route, {field("x-second", "Token alice-0123456789abcdef")}), Reason::CredentialInvalid);
  EXPECT_EQ(refusal(route, {field("x-first", "second-0123456789")}), Reason::CredentialInvalid);
  EXPECT_EQ(refusal(route, {field("x-second", "second-0123456789")}), Reason::CredentialInvalid);
}

TEST(Authenticator, FindsTheMethodWhenTwoReadTheSameHeader) {
  const AuthMethod first{"first", AuthType::APIKey, {{"x-api-key", ""}}, {team_keys()}};
  const AuthMethod second{"second",
                          AuthType::APIKey,
                          {{"x-api-key", ""}},
                          {{"others", "", {}, std::nullopt, {{"carol", sha256("carol-0123456789")}}}}};
  const auto route = route_with({first, second});
  EXPECT_EQ(identify(route, {field("x-api-key", kBobKey)})->method, "first");
  EXPECT_EQ(identify(route, {field("x-api-key", "carol-0123456789")})->method, "second");
}

TEST(Authenticator, TellsWhatMustNotReachTheModel) {
  const auto route = route_with({{"keys", AuthType::APIKey, {{"x-token", ""}}, {team_keys()}}});
  Tokens shared;
  const Authenticator authenticator(route, shared);
  EXPECT_TRUE(authenticator.is_credential(authorization("x")));
  EXPECT_TRUE(authenticator.is_credential({"Proxy-Authorization", "x", http::FieldId::ProxyAuthorization, true}));
  EXPECT_TRUE(authenticator.is_credential(field("X-Token", "x")));
  EXPECT_FALSE(authenticator.is_credential(field("x-api-key", "x")));
  EXPECT_FALSE(authenticator.is_credential(field("x-tokens", "x")));
  const auto open = route_with({anonymous_method()});
  EXPECT_TRUE(Authenticator(open, shared).is_credential(authorization("x")));
}

TEST(KeyTable, FindsEachOfManyKeysAndNoOther) {
  KeySet set{"many", "", {}, std::nullopt, {}};
  for (int i = 0; i < 3000; ++i) set.keys.push_back({"k" + std::to_string(i), sha256("key" + std::to_string(i))});
  const std::vector<AuthMethod> methods = {config::key_method({set})};
  const KeyTable table(methods);
  for (int i = 0; i < 3000; ++i) {
    const auto* entry = table.find(sha256("key" + std::to_string(i)));
    ASSERT_NE(entry, nullptr);
    ASSERT_EQ(entry->key->name, "k" + std::to_string(i));
    ASSERT_EQ(table.find(sha256("other" + std::to_string(i))), nullptr);
  }
}

TEST(KeyTable, TellsKeysApartThatBeginTheSame) {
  config::Digest first{};
  first[31] = 1;
  config::Digest second{};
  second[31] = 2;
  const std::vector<AuthMethod> methods = {
      config::key_method({{"s", "", {}, std::nullopt, {{"one", first}, {"two", second}}}})};
  const KeyTable table(methods);
  EXPECT_EQ(table.find(first)->key->name, "one");
  EXPECT_EQ(table.find(second)->key->name, "two");
  EXPECT_EQ(table.find(config::Digest{}), nullptr);
}

TEST(KeyTable, MayBeEmpty) { EXPECT_EQ(KeyTable({}).find(sha256("x")), nullptr); }

}  // namespace
}  // namespace mlgateway::auth
