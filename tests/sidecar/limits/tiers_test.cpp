#include "sidecar/limits/tiers.hpp"

#include <set>

#include <gtest/gtest.h>

#include "tests/sidecar/limits/quotas.hpp"

namespace mlgateway::limits {
namespace {

using auth::Principal;
using config::Enforcement;
using config::Labels;
using config::QuotaScope;

const Labels kGold = {{"plan", "gold"}, {"team", "botany"}};
const Labels kFree = {{"plan", "free"}};

Principal alice(const Labels& labels = kGold, std::string_view tenant = "") {
  return {.method = "keys", .issuer = "iris-users", .name = "alice", .tenant = tenant, .labels = &labels};
}

Principal anonymous(std::string_view method = "everyone") { return {.method = method, .anonymous = true}; }

std::string owner_of(QuotaScope scope, const Principal& principal) {
  std::string owner;
  append_owner(owner, scope, principal);
  return owner;
}

config::Tier tier(std::string name, std::optional<Labels> labels, QuotaScope scope = QuotaScope::Principal) {
  return {.name = std::move(name),
          .key_labels = std::move(labels),
          .scope = scope,
          .limits = {budget("daily", units(1), 24h)}};
}

config::Quota with_tiers(std::string name, std::vector<config::Tier> tiers) {
  config::Quota made = quota(std::move(name), {});
  made.tiers = std::move(tiers);
  return made;
}

// A configuration with one route that all the quotas limit.
struct World {
  explicit World(std::vector<config::Quota> quotas) {
    route.namespace_name = "models";
    for (const config::Quota& each : quotas) route.quotas.push_back(each.name);
    config.quotas = std::move(quotas);
  }

  // The tiers that a caller is charged in; a refusal's reason instead.
  std::vector<std::string> tiers_of(const Principal& principal) {
    const RouteQuotas ready(config, route, ledger);
    RouteQuotas::Claims claims;
    const Status status = ready.claims_of(principal, claims);
    if (!status) return {std::string(name(status.error().reason))};
    std::vector<std::string> names;
    for (const Claim& claim : claims.claims) names.push_back(claim.tier->tier->name);
    return names;
  }

  Ledger ledger;
  config::Route route;
  config::GatewayConfig config;
};

using Names = std::vector<std::string>;

TEST(Tiers, TheFirstWhoseLabelsTheCallerHasIsHis) {
  World world(
      {with_tiers("plans", {tier("silver", Labels{{"plan", "silver"}}), tier("botanists", Labels{{"team", "botany"}}),
                            tier("gold", Labels{{"plan", "gold"}})})});
  EXPECT_EQ(world.tiers_of(alice()), Names{"botanists"});
}

TEST(Tiers, ACallerNeedsEveryLabel) {
  World world({with_tiers("plans", {tier("both", Labels{{"plan", "gold"}, {"team", "zoology"}}), tier("rest", {})})});
  EXPECT_EQ(world.tiers_of(alice()), Names{"rest"});
}

TEST(Tiers, TheDefaultTakesWhomNoOtherDoesWhereverItStands) {
  World world({with_tiers("plans", {tier("rest", {}), tier("gold", Labels{{"plan", "gold"}})})});
  EXPECT_EQ(world.tiers_of(alice()), Names{"gold"});
  EXPECT_EQ(world.tiers_of(alice(kFree)), Names{"rest"});
  EXPECT_EQ(world.tiers_of(anonymous()), Names{"rest"});
}

TEST(Tiers, WithoutADefaultWhoMatchesNoneHasNone) {
  World world({with_tiers("plans", {tier("gold", Labels{{"plan", "gold"}})})});
  EXPECT_EQ(world.tiers_of(alice(kFree)), Names{"NoTier"});
  EXPECT_EQ(world.tiers_of(anonymous()), Names{"NoTier"});
}

TEST(Tiers, ADryRunLeavesOutWhomNoTierTakes) {
  config::Quota trial = with_tiers("trial", {tier("gold", Labels{{"plan", "gold"}})});
  trial.enforcement = Enforcement::DryRun;
  World world({trial, with_tiers("plans", {tier("rest", {})})});
  EXPECT_EQ(world.tiers_of(alice(kFree)), Names{"rest"});
}

TEST(Tiers, OfEveryQuotaOfTheRouteAreCharged) {
  World world({with_tiers("plans", {tier("gold", Labels{{"plan", "gold"}})}), with_tiers("house", {tier("all", {})})});
  EXPECT_EQ(world.tiers_of(alice()), (Names{"gold", "all"}));
  world.route.quotas = {"house"};
  EXPECT_EQ(world.tiers_of(alice()), Names{"all"});
  world.route.namespace_name = "other";
  EXPECT_EQ(world.tiers_of(alice()), Names{});
}

TEST(Tiers, ClaimsCanBeUsedAgain) {
  World world({with_tiers("plans", {tier("rest", {})})});
  const RouteQuotas ready(world.config, world.route, world.ledger);
  RouteQuotas::Claims claims;
  ASSERT_TRUE(ready.claims_of(alice(), claims).ok());
  ASSERT_TRUE(ready.claims_of(anonymous(), claims).ok());
  ASSERT_EQ(claims.claims.size(), 1u);
  EXPECT_EQ(claims.claims[0].owner, owner_of(QuotaScope::Principal, anonymous()));
}

TEST(Tiers, AreChargedApartThoughTheyShareTheirOwner) {
  World world({with_tiers(
      "plans", {tier("gold", Labels{{"plan", "gold"}}, QuotaScope::Tier), tier("rest", {}, QuotaScope::Tier)})});
  const RouteQuotas ready(world.config, world.route, world.ledger);
  RouteQuotas::Claims claims;
  ASSERT_TRUE(ready.claims_of(alice(), claims).ok());
  EXPECT_TRUE(spend(world.ledger, claims.claims[0], kNoon));
  EXPECT_FALSE(spend(world.ledger, claims.claims[0], kNoon));
  ASSERT_TRUE(ready.claims_of(alice(kFree), claims).ok());
  EXPECT_TRUE(spend(world.ledger, claims.claims[0], kNoon));
}

TEST(Owner, IsTheTripleSoThatTwoMethodsAlicesAreTwo) {
  std::set<std::string> owners;
  const Labels none;
  for (const auto& [method, issuer, name] :
       std::vector<std::array<std::string_view, 3>>{{"keys", "iris-users", "alice"},
                                                    {"corp", "iris-users", "alice"},
                                                    {"keys", "others", "alice"},
                                                    {"keys", "iris-users", "bob"},
                                                    {"key", "siris-users", "alice"},
                                                    {"keys", "iris-usersa", "lice"}}) {
    const Principal principal{.method = method, .issuer = issuer, .name = name, .labels = &none};
    EXPECT_TRUE(owners.insert(owner_of(QuotaScope::Principal, principal)).second);
  }
}

TEST(Owner, OfTheAnonymousIsOnePerMethod) {
  EXPECT_EQ(owner_of(QuotaScope::Principal, anonymous()), owner_of(QuotaScope::Principal, anonymous()));
  EXPECT_NE(owner_of(QuotaScope::Principal, anonymous()), owner_of(QuotaScope::Principal, anonymous("public")));
  const Principal namesake{.method = "everyone"};
  EXPECT_NE(owner_of(QuotaScope::Principal, anonymous()), owner_of(QuotaScope::Principal, namesake));
}

TEST(Owner, OfATenantIsSharedByItsPrincipals) {
  const Principal bob{.method = "corp", .issuer = "idp", .name = "bob", .tenant = "botany"};
  EXPECT_EQ(owner_of(QuotaScope::Tenant, alice(kGold, "botany")), owner_of(QuotaScope::Tenant, bob));
  EXPECT_NE(owner_of(QuotaScope::Principal, alice(kGold, "botany")), owner_of(QuotaScope::Principal, bob));
  EXPECT_NE(owner_of(QuotaScope::Tenant, alice(kGold, "zoology")), owner_of(QuotaScope::Tenant, bob));
}

TEST(Owner, WhoHasNoTenantIsATenantOfHisOwn) {
  EXPECT_EQ(owner_of(QuotaScope::Tenant, alice()), owner_of(QuotaScope::Principal, alice()));
  EXPECT_EQ(owner_of(QuotaScope::Tenant, anonymous()), owner_of(QuotaScope::Principal, anonymous()));
}

TEST(Owner, OfATierIsEverybody) {
  EXPECT_EQ(owner_of(QuotaScope::Tier, alice()), owner_of(QuotaScope::Tier, anonymous()));
}

TEST(Owner, IsDescribedForPeople) {
  EXPECT_EQ(describe_owner(owner_of(QuotaScope::Principal, alice())), "alice (keys/iris-users)");
  EXPECT_EQ(describe_owner(owner_of(QuotaScope::Tenant, alice(kGold, "botany"))), "tenant botany");
  EXPECT_EQ(describe_owner(owner_of(QuotaScope::Tier, alice())), "everybody");
  EXPECT_EQ(describe_owner(owner_of(QuotaScope::Principal, anonymous())), "anonymous (everyone)");
}

TEST(Owner, ThatIsNoneOfOursIsDescribedAsItIs) {
  for (const std::string odd : {"", "x", "alice", "p4:keys", "t", "e1:x", "t6:botany!", "a99:x"}) {
    EXPECT_EQ(describe_owner(odd), odd);
  }
}

}  // namespace
}  // namespace mlgateway::limits
