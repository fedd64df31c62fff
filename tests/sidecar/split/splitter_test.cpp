#include "sidecar/split/splitter.hpp"

#include <array>
#include <cmath>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/sidecar/auth/requests.hpp"
#include "tests/sidecar/config/routes.hpp"

namespace mlgateway::split {
namespace {

using auth::Principal;
using config::StickyBy;
using http::field;

const Principal kAnonymous{.method = "everyone", .anonymous = true};

Principal caller(std::string_view name, const config::Labels& labels) {
  return {.method = "keys", .issuer = "team", .name = name, .tenant = "", .labels = &labels};
}

Principal caller(std::string_view name) {
  static const config::Labels none;
  return caller(name, none);
}

config::Route split_route(std::vector<std::uint32_t> weights, StickyBy sticky = StickyBy::None) {
  auto made = config::route("iris");
  made.versions.clear();
  for (std::size_t i = 0; i < weights.size(); ++i) {
    made.versions.push_back(config::version("v" + std::to_string(i + 1), weights[i]));
  }
  made.split.sticky_by = sticky;
  if (sticky == StickyBy::Header) made.split.header = "x-user-id";
  return made;
}

std::string chosen(const config::Route& route, const Principal& principal, double random01,
                   std::vector<http::Field> fields = {}, std::string_view path_version = "") {
  const auto version = choose(route, path_version, fields, principal, random01);
  return version ? (*version)->name : std::string(name(version.error().reason));
}

// Where n callers go, by version.
std::map<std::string, int> spread(const config::Route& route, int callers) {
  std::map<std::string, int> counts;
  for (int i = 0; i < callers; ++i) ++counts[chosen(route, caller("caller-" + std::to_string(i)), 0.5)];
  return counts;
}

// Pearson's statistic against the weights.
double chi_square(const config::Route& route, std::map<std::string, int> counts, int n) {
  double sum = 0;
  for (const auto& version : route.versions) {
    if (version.weight == 0) continue;
    const double expected = n * version.weight / 100.0;
    sum += std::pow(counts[version.name] - expected, 2) / expected;
  }
  return sum;
}

TEST(Weights, AreCumulativeInListOrder) {
  const auto route = split_route({95, 5});
  EXPECT_EQ(chosen(route, kAnonymous, 0.0), "v1");
  EXPECT_EQ(chosen(route, kAnonymous, 0.9499), "v1");
  EXPECT_EQ(chosen(route, kAnonymous, 0.95), "v2");
  EXPECT_EQ(chosen(route, kAnonymous, std::nextafter(1.0, 0.0)), "v2");
}

TEST(Weights, OfZeroAreNeverChosen) {
  const auto route = split_route({0, 100, 0, 0});
  for (const double point : {0.0, 0.5, std::nextafter(1.0, 0.0)}) EXPECT_EQ(chosen(route, kAnonymous, point), "v2");
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(chosen(route, caller(std::to_string(i)), 0.5), "v2");
}

TEST(Weights, OfZeroForAllLeaveNoVersion) {
  EXPECT_EQ(chosen(split_route({0, 0}), kAnonymous, 0.3), "NoVersionAvailable");
}

TEST(Weights, ShapeTheRandomChoice) {
  const auto route = split_route({70, 25, 5});
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> uniform(0, 1);
  std::map<std::string, int> counts;
  constexpr int kRequests = 100'000;
  for (int i = 0; i < kRequests; ++i) ++counts[chosen(route, kAnonymous, uniform(random))];
  EXPECT_LT(chi_square(route, counts, kRequests), 13.8);  // two degrees of freedom, one in a thousand
}

TEST(StickyHash, SpreadsPrincipalsByTheWeights) {
  constexpr int kCallers = 100'000;
  for (const auto& weights : std::vector<std::vector<std::uint32_t>>{{50, 50}, {99, 1}, {70, 25, 5}, {0, 34, 33, 33}}) {
    const auto route = split_route(weights, StickyBy::Principal);
    EXPECT_LT(chi_square(route, spread(route, kCallers), kCallers), 13.8) << weights[0];
  }
}

TEST(StickyHash, KeepsACallerWhateverTheRandomNumber) {
  const auto route = split_route({50, 50}, StickyBy::Principal);
  for (int i = 0; i < 200; ++i) {
    const std::string name = "caller-" + std::to_string(i);
    const auto who = caller(name);
    const std::string first = chosen(route, who, 0.0);
    EXPECT_EQ(chosen(route, who, 0.7), first);
    EXPECT_EQ(chosen(route, who, 0.99), first);
  }
}

// A ramp in steps of one percent: who has reached the candidate stays there, and each step moves one in a hundred.
TEST(StickyHash, MovesOnlyTheCallersAtTheBoundary) {
  constexpr int kCallers = 20'000;
  std::vector<bool> on_candidate(kCallers, false);
  for (std::uint32_t weight = 1; weight <= 100; ++weight) {
    const auto route = split_route({100 - weight, weight}, StickyBy::Principal);
    int moved = 0;
    for (int i = 0; i < kCallers; ++i) {
      const bool candidate = chosen(route, caller("caller-" + std::to_string(i)), 0.5) == "v2";
      ASSERT_FALSE(on_candidate[i] && !candidate) << "a caller went back at " << weight;
      moved += candidate != on_candidate[i];
      on_candidate[i] = candidate;
    }
    EXPECT_GT(moved, 200 - 5 * 15) << weight;
    EXPECT_LT(moved, 200 + 5 * 15) << weight;
  }
}

TEST(StickyHash, LeavesTheOtherVersionsAloneWhenABoundaryMoves) {
  const auto before = split_route({30, 30, 40}, StickyBy::Principal);
  const auto after = split_route({30, 50, 20}, StickyBy::Principal);
  for (int i = 0; i < 5000; ++i) {
    const std::string name = "caller-" + std::to_string(i);
    const auto who = caller(name);
    const std::string then = chosen(before, who, 0.5);
    const std::string now = chosen(after, who, 0.5);
    if (then == now) continue;
    ASSERT_EQ(then, "v3");
    ASSERT_EQ(now, "v2");
  }
}

TEST(StickyHash, TellsTheWholeTripleApart) {
  const auto route = split_route({50, 50}, StickyBy::Principal);
  const auto position_of = [&route](std::string_view method, std::string_view issuer, std::string_view name) {
    const std::array parts = {method, issuer, name};
    return position(route, parts);
  };
  EXPECT_NE(position_of("keys", "team", "alice"), position_of("corp", "team", "alice"));
  EXPECT_NE(position_of("keys", "team", "alice"), position_of("keys", "other", "alice"));
  EXPECT_NE(position_of("keys", "team", "alice"), position_of("keys", "teama", "lice"));
}

TEST(StickyHash, IsAnotherForEachRoute) {
  auto first = split_route({50, 50}, StickyBy::Principal);
  auto second = first;
  second.name = "rose";
  int same = 0;
  for (int i = 0; i < 10'000; ++i) {
    const std::string name = "caller-" + std::to_string(i);
    const auto who = caller(name);
    same += chosen(first, who, 0.5) == chosen(second, who, 0.5);
  }
  EXPECT_NEAR(same, 5000, 250);
}

// Sidecars of two releases serve one route during an upgrade: these numbers must never change.
TEST(StickyHash, IsTheSameForEveryRelease) {
  const auto route = split_route({50, 50}, StickyBy::Principal);
  const std::array<std::string_view, 3> alice = {"keys", "team", "alice"};
  const std::array<std::string_view, 1> user = {"user-1"};
  EXPECT_DOUBLE_EQ(position(route, alice), 0x1.2d493980c89cp-1);
  EXPECT_DOUBLE_EQ(position(route, user), 0x1.ff05bf10e5b16p-1);
}

TEST(StickyHash, FollowsTheHeaderWhenItSaysSo) {
  const auto route = split_route({50, 50}, StickyBy::Header);
  std::map<std::string, int> counts;
  for (int i = 0; i < 2000; ++i) {
    const std::string user = "user-" + std::to_string(i);
    const std::string version = chosen(route, caller("same"), 0.1, {field("X-User-ID", user)});
    EXPECT_EQ(chosen(route, kAnonymous, 0.9, {field("x-user-id", user)}), version);
    ++counts[version];
  }
  EXPECT_NEAR(counts["v1"], 1000, 120);
}

TEST(StickyHash, LeavesTheRandomNumberToWhoHasNone) {
  const auto by_header = split_route({50, 50}, StickyBy::Header);
  const auto by_principal = split_route({50, 50}, StickyBy::Principal);
  EXPECT_EQ(chosen(by_header, caller("alice"), 0.1), "v1");
  EXPECT_EQ(chosen(by_header, caller("alice"), 0.9), "v2");
  EXPECT_EQ(chosen(by_header, caller("alice"), 0.1, {field("x-user-id", "")}), "v1");
  EXPECT_EQ(chosen(by_header, caller("alice"), 0.9, {field("x-user-id", "")}), "v2");
  EXPECT_EQ(chosen(by_principal, kAnonymous, 0.1), "v1");
  EXPECT_EQ(chosen(by_principal, kAnonymous, 0.9), "v2");
}

config::Route override_route() {
  auto made = split_route({100, 0, 0});
  made.split.overrides = {{{{"x-group", "b"}, {"x-stage", "2"}}, "v3"}, {{{"x-group", "b"}}, "v2"}};
  return made;
}

TEST(Override, TakesTheFirstRuleWhoseHeadersAreAllThere) {
  const auto route = override_route();
  EXPECT_EQ(chosen(route, kAnonymous, 0.5, {field("X-Group", "b")}), "v2");
  EXPECT_EQ(chosen(route, kAnonymous, 0.5, {field("x-stage", "2"), field("x-group", "b")}), "v3");
  EXPECT_EQ(chosen(route, kAnonymous, 0.5, {field("x-stage", "2")}), "v1");
  EXPECT_EQ(chosen(route, kAnonymous, 0.5, {field("x-group", "B")}), "v1");
  EXPECT_EQ(chosen(route, kAnonymous, 0.5, {field("x-group", "a"), field("x-group", "b")}), "v2");
}

TEST(Override, OfThePathWinsOverHeaders) {
  const auto route = override_route();
  EXPECT_EQ(chosen(route, kAnonymous, 0.5, {field("x-group", "b")}, "v1"), "v1");
  EXPECT_EQ(chosen(route, kAnonymous, 0.5, {}, "v3"), "v3");
}

TEST(Override, OfAVersionThatIsNotThereIsNotFound) {
  EXPECT_EQ(chosen(override_route(), kAnonymous, 0.5, {}, "v9"), "VersionNotFound");
  EXPECT_EQ(chosen(override_route(), kAnonymous, 0.5, {}, "V1"), "VersionNotFound");
  EXPECT_EQ(chosen(override_route(), kAnonymous, 0.5, {}, "v%31"), "VersionNotFound");
}

TEST(Override, WinsOverTheStickyHash) {
  auto route = override_route();
  route.split.sticky_by = StickyBy::Principal;
  EXPECT_EQ(chosen(route, caller("alice"), 0.5, {field("x-group", "b")}), "v2");
}

TEST(Override, IsForCallersWithAllTheLabels) {
  auto route = override_route();
  route.split.override_labels = {{"team", "ml"}, {"tester", "true"}};
  const config::Labels tester = {{"team", "ml"}, {"tester", "true"}, {"plan", "free"}};
  const config::Labels half = {{"team", "ml"}};
  const config::Labels other = {{"team", "ml"}, {"tester", "false"}};
  EXPECT_EQ(chosen(route, caller("t", tester), 0.5, {}, "v2"), "v2");
  EXPECT_EQ(chosen(route, caller("t", tester), 0.5, {field("x-group", "b")}), "v2");
  for (const auto& who : {caller("h", half), caller("o", other), kAnonymous}) {
    EXPECT_EQ(chosen(route, who, 0.5, {}, "v2"), "OverrideNotAllowed");
    EXPECT_EQ(chosen(route, who, 0.5, {field("x-group", "b")}), "OverrideNotAllowed");
    // Asked before the name is looked up: nobody learns which versions exist.
    EXPECT_EQ(chosen(route, who, 0.5, {}, "v9"), "OverrideNotAllowed");
    EXPECT_EQ(chosen(route, who, 0.5), "v1");
  }
}

std::string chosen(const config::Route& route, const auth::Permission& permission, double random01,
                   std::string_view path_version = "") {
  const auto version = choose(route, path_version, {}, kAnonymous, random01, permission);
  return version ? (*version)->name : std::string(name(version.error().reason));
}

// Bits of the three versions of a route, and the one for every other name.
constexpr std::uint32_t kFirst = 1, kSecond = 2, kThird = 4, kOther = 8;

TEST(Permission, LeavesTheWeightsOfTheVersionsThatTheCallerMayCall) {
  const auto route = split_route({60, 20, 20});
  EXPECT_EQ(chosen(route, {kSecond | kThird, 0}, 0.0), "v2");
  EXPECT_EQ(chosen(route, {kSecond | kThird, 0}, 0.49), "v2");
  EXPECT_EQ(chosen(route, {kSecond | kThird, 0}, 0.51), "v3");
  EXPECT_EQ(chosen(route, {kThird, 0}, 0.0), "v3");
  EXPECT_EQ(chosen(split_route({100, 0}), {kSecond, 0}, 0.5), "NoVersionAvailable");
}

TEST(Permission, IsNeededForTheVersionThatIsAskedFor) {
  const auto route = split_route({100, 0, 0});
  EXPECT_EQ(chosen(route, {kFirst | kSecond, kFirst | kSecond}, 0.5, "v2"), "v2");
  EXPECT_EQ(chosen(route, {kFirst, kFirst}, 0.5, "v2"), "NotAuthorized");
  EXPECT_EQ(chosen(route, {kFirst | kSecond, kFirst}, 0.5, "v2"), "OverrideNotAllowed");
}

TEST(Permission, ForSomeVersionsTellsNothingOfOthers) {
  const auto route = split_route({100, 0, 0});
  EXPECT_EQ(chosen(route, {kFirst, kFirst}, 0.5, "v3"), "NotAuthorized");
  EXPECT_EQ(chosen(route, {kFirst, kFirst}, 0.5, "v9"), "NotAuthorized");
  EXPECT_EQ(chosen(route, {kFirst | kOther, kFirst}, 0.5, "v9"), "OverrideNotAllowed");
  EXPECT_EQ(chosen(route, {kFirst | kOther, kFirst | kOther}, 0.5, "v9"), "VersionNotFound");
}

}  // namespace
}  // namespace mlgateway::split
