#include "operator/webhook/certificates.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace mlgateway::webhook {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

const WallTime kNow{1'800'000'000s};
const std::string kHost = "mlgateway-webhook.mlgateway-system.svc";

Wanted wanted() { return {{kHost, "127.0.0.1"}, 90 * 24h}; }

Certificates at(const std::optional<Certificates>& have, WallTime now, std::chrono::seconds published = 0s) {
  const auto made = renewed(have, wanted(), published, now);
  EXPECT_TRUE(made) << made.error().message;
  return *made;
}

bool believed(const Pair& pair, const std::string& bundle, WallTime now) {
  return is_vouched_for(pair, bundle, wanted().hosts, now);
}

TEST(Certificates, AreBelievedByWhoTrustsTheirBundle) {
  const Certificates made = at(std::nullopt, kNow);
  EXPECT_TRUE(believed(made.serving, bundle_of(made), kNow));
  EXPECT_TRUE(believed(made.serving, bundle_of(made), kNow - 4min)) << "clocks differ";
  EXPECT_FALSE(believed(made.serving, bundle_of(at(std::nullopt, kNow)), kNow)) << "another authority";
  EXPECT_FALSE(is_vouched_for(made.serving, bundle_of(made), {"other.svc"}, kNow));
  EXPECT_FALSE(believed(made.serving, bundle_of(made), kNow + 91 * 24h));
  EXPECT_FALSE(believed(made.serving, "", kNow));
}

TEST(Certificates, StayWhileNothingIsDue) {
  const Certificates made = at(std::nullopt, kNow);
  EXPECT_EQ(at(made, kNow + 59 * 24h), made);
}

TEST(Certificates, OfTheServerAreRenewedAfterTwoThirdsOfTheirLife) {
  const Certificates made = at(std::nullopt, kNow);
  const Certificates next = at(made, kNow + 61 * 24h);
  EXPECT_NE(next.serving, made.serving);
  EXPECT_EQ(next.authority, made.authority);
  EXPECT_TRUE(believed(next.serving, bundle_of(made), kNow + 61 * 24h));
}

TEST(Certificates, AreIssuedAnewForOtherNames) {
  const Certificates made = at(std::nullopt, kNow);
  Wanted other = wanted();
  other.hosts = {"renamed.mlgateway-system.svc"};
  const auto next = renewed(made, other, 0s, kNow);
  ASSERT_TRUE(next);
  EXPECT_TRUE(is_vouched_for(next->serving, bundle_of(made), other.hosts, kNow));
}

// Nobody may be shown what he does not believe, however the steps of a change of authority interleave.
TEST(Certificates, OfANewAuthorityAreShownOnlyWhenEverybodyBelievesIt) {
  const WallTime half = kNow + 181 * 24h;
  const Certificates before = at(at(std::nullopt, kNow), half - 2 * 24h);
  const Certificates announced = at(before, half);
  ASSERT_TRUE(announced.next);
  EXPECT_EQ(announced.serving, before.serving);
  EXPECT_EQ(at(announced, half + 1s, 59s), announced) << "the bundle is not everywhere yet";

  const Certificates changed = at(announced, half + 1min, settling(wanted()));
  EXPECT_EQ(changed.authority, announced.next);
  EXPECT_TRUE(believed(changed.serving, bundle_of(announced), half + 1min)) << "who has the bundle of before";
  EXPECT_TRUE(believed(before.serving, bundle_of(changed), half + 1min)) << "a replica that has not looked yet";
  EXPECT_EQ(at(changed, half + 2min), changed);
}

TEST(Certificates, AreAllNewWhenTheAuthorityIsOfNoUse) {
  const Certificates made = at(std::nullopt, kNow);
  EXPECT_NE(at(made, kNow + 400 * 24h).authority, made.authority);
  Certificates broken = made;
  broken.authority.key = at(std::nullopt, kNow).authority.key;
  EXPECT_NE(at(broken, kNow).authority.certificate, made.authority.certificate);
}

TEST(Certificates, AreMendedWhenSomebodyBrokeTheServers) {
  Certificates made = at(std::nullopt, kNow);
  made.serving = {"x", "y"};
  EXPECT_TRUE(believed(at(made, kNow).serving, bundle_of(made), kNow));
}

TEST(Certificates, ComeBackFromTheirSecret) {
  const Certificates made = at(std::nullopt, kNow);
  const Certificates announced = at(made, kNow + 200 * 24h);
  const Certificates changed = at(announced, kNow + 201 * 24h, 1h);
  for (const Certificates& each : {made, announced, changed}) EXPECT_EQ(certificates_from(to_data(each)), each);
  EXPECT_FALSE(changed.before.empty());
}

TEST(Certificates, AreNotReadFromWhatIsNone) {
  for (const char* data : {"null", "{}", R"({"ca.crt": 1})", R"({"ca.crt": "!", "ca.key": "eA=="})"}) {
    EXPECT_FALSE(certificates_from(nlohmann::json::parse(data))) << data;
  }
}

TEST(Authority, WritesKeysThatNobodyElseHas) {
  const auto one = make_authority(kNow, kNow + 1h);
  const auto other = make_authority(kNow, kNow + 1h);
  ASSERT_TRUE(one && other);
  EXPECT_NE(one->key, other->key);
  EXPECT_THAT(one->key, HasSubstr("BEGIN PRIVATE KEY"));
  EXPECT_EQ(*good_until(*one), kNow + 1h);
  EXPECT_FALSE(good_until({one->certificate, other->key}));
}

// The text goes into a small language of OpenSSL's.
TEST(Authority, TakesNoNameThatSaysMoreThanItself) {
  const auto authority = make_authority(kNow, kNow + 1h);
  const auto made = issue(*authority, {"a.svc", "b.svc,DNS:evil.svc"}, kNow, kNow + 1h);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_TRUE(is_vouched_for(*made, authority->certificate, {"a.svc"}, kNow));
  EXPECT_FALSE(is_vouched_for(*made, authority->certificate, {"evil.svc"}, kNow));
}

}  // namespace
}  // namespace mlgateway::webhook
