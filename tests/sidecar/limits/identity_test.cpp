#include "sidecar/limits/identity.hpp"

#include <set>

#include <gtest/gtest.h>

#include "tests/sidecar/limits/quotas.hpp"

namespace mlgateway::limits {
namespace {

using config::LimitUnit;

std::string identity_of(const config::Quota& of) { return limit_identity(of, of.tiers[0], of.tiers[0].limits[0]); }

TEST(Identity, TellsPartsApartWhateverStandsInThem) {
  std::set<std::string> texts;
  for (const std::vector<std::string>& parts : std::vector<std::vector<std::string>>{
           {"a", "b"}, {"ab", ""}, {"", "ab"}, {"1:a", "b"}, {"a1:b"}, {"a", "1:b"}}) {
    std::string text;
    for (const std::string& part : parts) append_part(text, part);
    EXPECT_TRUE(texts.insert(text).second) << text;
  }
}

TEST(Identity, OfALimitSaysItsUnitAndKind) {
  EXPECT_EQ(identity_of(quota("plans", {budget("daily", units(1), 24h)})),
            "6:models5:plans3:all5:daily7:Request6:budget");
  EXPECT_EQ(identity_of(quota("plans", {rate("daily", units(1), 1s, units(1), LimitUnit::Cost)})),
            "6:models5:plans3:all5:daily4:Cost4:rate");
}

TEST(Identity, DoesNotDependOnHowMuchALimitHolds) {
  EXPECT_EQ(identity_of(quota("plans", {budget("daily", units(1), 24h)})),
            identity_of(quota("plans", {budget("daily", units(2), 1h)})));
}

TEST(TakePart, ReadsWhatAppendPartWrote) {
  std::string text;
  for (const std::string part : {"models", "", "a:b", "7:"}) append_part(text, part);
  std::string_view rest = text;
  std::vector<std::string> parts;
  for (std::string_view part; take_part(rest, part);) parts.emplace_back(part);
  EXPECT_EQ(parts, (std::vector<std::string>{"models", "", "a:b", "7:"}));
  EXPECT_TRUE(rest.empty());
}

TEST(TakePart, TakesNothingOffWhatDoesNotBeginWithAPart) {
  for (const std::string_view bad : {"", ":", "a", "1", "1:", "-1:a", "2:a", "99999999999999999999:a", " 1:a"}) {
    std::string_view rest = bad;
    std::string_view part;
    EXPECT_FALSE(take_part(rest, part)) << bad;
    EXPECT_EQ(rest, bad);
  }
}

}  // namespace
}  // namespace mlgateway::limits
