// What quotas change in a plan.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "operator/route/plan.hpp"
#include "sidecar/config/check.hpp"
#include "sidecar/config/render.hpp"
#include "tests/operator/quota/builders.hpp"
#include "tests/operator/route/builders.hpp"

namespace mlgateway::route {
namespace {

using quota::observed_quota;
using testing::ElementsAre;
using testing::IsEmpty;

World limited(std::vector<ObservedQuota> quotas) {
  World made = world({observed("iris"), observed("rose")});
  made.quotas = std::move(quotas);
  return made;
}

std::vector<std::string> names(const std::vector<config::Quota>& quotas) {
  std::vector<std::string> found;
  for (const config::Quota& quota : quotas) found.push_back(quota.name);
  return found;
}

TEST(PlanOfQuotas, NamesInEachRouteTheQuotasThatLimitIt) {
  const Plan made = plan(limited({observed_quota("plans", {"iris"}), observed_quota("all")}), kNow);
  EXPECT_THAT(names(made.config.quotas), ElementsAre("all", "plans"));
  EXPECT_THAT(made.config.routes[0].quotas, ElementsAre("all", "plans"));
  EXPECT_THAT(made.config.routes[1].quotas, ElementsAre("all"));
  EXPECT_TRUE(config::check(made.config));
}

TEST(PlanOfQuotas, CoversThemInTheHashesOfTheRoutesThatTheyLimit) {
  const Plan before = plan(limited({observed_quota("plans", {"iris"})}), kNow);
  EXPECT_EQ(before.config.routes[0].hash, config::route_hash(before.config.routes[0], before.config.quotas));
  World edited = limited({observed_quota("plans", {"iris"})});
  edited.quotas[0].good->tiers[0].limits[0].budget->amount += config::kOne;
  const Plan after = plan(edited, kNow);
  EXPECT_NE(after.config.routes[0].hash, before.config.routes[0].hash);
  EXPECT_EQ(after.config.routes[1].hash, before.config.routes[1].hash);
}

TEST(PlanOfQuotas, ServesTheTargetsOfABadOneWithoutIt) {
  World bad = limited({observed_quota("plans")});
  bad.quotas[0].good.reset();
  bad.quotas[0].faults = {"broken"};
  const Plan made = plan(bad, kNow);
  EXPECT_THAT(made.config.quotas, IsEmpty());
  EXPECT_EQ(made.config.routes, plan(limited({}), kNow).config.routes);
  EXPECT_EQ(made.quota_statuses[0].conditions[0].reason, "Invalid");
}

TEST(PlanOfQuotas, KeepsAQuotaOnARouteThatIsNotInForce) {
  World conflict = limited({observed_quota("plans", {"rose"})});
  conflict.routes[1].good->model = "iris";
  const Plan made = plan(conflict, kNow);
  EXPECT_THAT(made.config.routes, testing::SizeIs(1));
  EXPECT_THAT(names(made.config.quotas), ElementsAre("plans"));
  EXPECT_EQ(made.quota_statuses[0].conditions[1].status, "True") << "the route is there, though not in force";
}

TEST(PlanOfQuotas, ProgramsOneWhenItsRoutesAreLoadedWithIt) {
  World asked = limited({observed_quota("plans", {"iris"}), observed_quota("roses", {"rose"})});
  const config::GatewayConfig config = plan(asked, kNow).config;
  asked.sidecar = api::SidecarReport{};
  for (const config::Quota& q : config.quotas) {
    asked.sidecar->quotas.push_back({{q.namespace_name, q.name}, q.generation, q.hash});
  }
  asked.sidecar->routes = {{{"default", "iris"}, 1, config.routes[0].hash}, {{"default", "rose"}, 1, "before"}};
  const Plan made = plan(asked, kNow);
  EXPECT_EQ(made.quota_statuses[0].conditions[2].status, "True");
  EXPECT_EQ(made.quota_statuses[1].conditions[2].status, "False");
}

}  // namespace
}  // namespace mlgateway::route
