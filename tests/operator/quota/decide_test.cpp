#include "operator/quota/decide.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sidecar/config/render.hpp"
#include "tests/operator/quota/builders.hpp"

namespace mlgateway::quota {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::chrono_literals;

using Routes = std::set<api::ObjectKey>;

const Routes kRoutes = {{"default", "iris"}, {"default", "rose"}, {"other", "tulip"}};

Outcome decided(const api::ObservedQuota& quota, const Routes& routes = kRoutes) { return decide({quota}, routes)[0]; }

TEST(Targets, AreAllRoutesOfTheNamespaceUnlessSomeAreNamed) {
  EXPECT_THAT(decided(observed_quota("plans")).targets.found, ElementsAre("iris", "rose"));
  EXPECT_THAT(decided(observed_quota("plans", {"rose"})).targets.found, ElementsAre("rose"));
  EXPECT_THAT(decided(observed_quota("plans"), {}).targets.found, IsEmpty());
}

TEST(Targets, OfAnotherNamespaceAreNotThere) {
  const Outcome outcome = decided(observed_quota("plans", {"tulip", "iris", "lily"}));
  EXPECT_THAT(outcome.targets.found, ElementsAre("iris"));
  EXPECT_THAT(outcome.targets.missing, ElementsAre("lily", "tulip"));
}

TEST(Quota, InForceIsRenderedWithItsHash) {
  const Outcome outcome = decided(observed_quota("plans"));
  EXPECT_EQ(outcome.accepted.status, "True");
  ASSERT_TRUE(outcome.rendered);
  EXPECT_EQ(outcome.rendered->generation, 1);
  EXPECT_EQ(outcome.rendered->hash, config::quota_hash(*outcome.rendered));
}

TEST(Quota, OfABrokenEditIsEnforcedAsItWas) {
  api::ObservedQuota quota = observed_quota("plans");
  quota.generation = 3;
  quota.good_generation = 2;
  quota.faults = {"plans.yaml:7: spec.tiers: is required"};
  const Outcome outcome = decided(quota);
  EXPECT_EQ(outcome.accepted.status + " " + outcome.accepted.reason, "False Invalid");
  EXPECT_EQ(outcome.accepted.message, "generation 2 stays in force; plans.yaml:7: spec.tiers: is required");
  ASSERT_TRUE(outcome.rendered);
  EXPECT_EQ(outcome.rendered->generation, 2);
}

TEST(Quota, ThatWasNeverGoodLimitsNobody) {
  api::ObservedQuota quota = observed_quota("plans");
  quota.good.reset();
  quota.faults = {"broken"};
  const std::vector<Outcome> outcomes = decide({quota}, kRoutes);
  EXPECT_EQ(outcomes[0].accepted.message, "nothing is in force; broken");
  EXPECT_FALSE(outcomes[0].rendered);
  EXPECT_THAT(by_route(outcomes), IsEmpty());
}

TEST(Quota, ThatTheSidecarsWouldRefuseIsKeptFromThem) {
  api::ObservedQuota quota = observed_quota("plans");
  quota.good->tiers[0].limits[0].budget->amount = 0;
  const Outcome outcome = decided(quota);
  EXPECT_EQ(outcome.accepted.reason, "UnsupportedValue");
  EXPECT_FALSE(outcome.rendered);
}

TEST(Quota, BeyondTheEighthOfARouteIsNotAcceptedWhenItIsTheYoungest) {
  std::vector<api::ObservedQuota> quotas;
  for (int i = 0; i < 9; ++i) quotas.push_back(observed_quota("q" + std::to_string(i), {"iris"}));
  quotas[4].created += 1s;
  quotas.push_back(observed_quota("elsewhere", {"rose"}));
  const std::vector<Outcome> outcomes = decide(quotas, kRoutes);
  for (std::size_t i = 0; i < outcomes.size(); ++i) EXPECT_EQ(outcomes[i].rendered.has_value(), i != 4) << i;
  EXPECT_EQ(outcomes[4].accepted.status + " " + outcomes[4].accepted.reason, "False TooManyQuotas");
  EXPECT_EQ(outcomes[4].accepted.message,
            "MLRoute 'iris' has 8 older quotas, which is the most; nothing of this one is in force");
}

TEST(Quota, OfTheSameAgeGivesWayByName) {
  std::vector<api::ObservedQuota> quotas;
  for (int i = 8; i >= 0; --i) quotas.push_back(observed_quota("q" + std::to_string(i)));
  EXPECT_EQ(decide(quotas, kRoutes)[0].accepted.reason, "TooManyQuotas");
}

TEST(Quota, ThatFindsNoPlaceOnOneTargetTakesNoneOnTheOthers) {
  std::vector<api::ObservedQuota> quotas;
  for (int i = 0; i < 8; ++i) quotas.push_back(observed_quota("a" + std::to_string(i), {"iris"}));
  quotas.push_back(observed_quota("b", {"rose", "iris"}));
  for (int i = 0; i < 8; ++i) quotas.push_back(observed_quota("c" + std::to_string(i), {"rose"}));
  const auto names = by_route(decide(quotas, kRoutes));
  EXPECT_THAT(names.at({"default", "rose"}), ElementsAre("c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7"));
}

TEST(Quotas, OfARouteStandInOrderOfTheirNames) {
  const auto names =
      by_route(decide({observed_quota("b"), observed_quota("c", {"rose"}), observed_quota("a")}, kRoutes));
  EXPECT_THAT(names.at({"default", "iris"}), ElementsAre("a", "b"));
  EXPECT_THAT(names.at({"default", "rose"}), ElementsAre("a", "b", "c"));
  EXPECT_FALSE(names.contains({"other", "tulip"}));
}

}  // namespace
}  // namespace mlgateway::quota
