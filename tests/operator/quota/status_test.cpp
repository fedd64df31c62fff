#include "operator/quota/status.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "operator/api/programmed.hpp"
#include "tests/operator/quota/builders.hpp"

namespace mlgateway::quota {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using Routes = std::set<api::ObjectKey>;

const Routes kRoutes = {{"default", "iris"}, {"default", "rose"}};

// A quota, what was decided on it, and what a sidecar says of it.
struct Case {
  api::ObservedQuota quota = observed_quota("plans", {"iris"});
  Routes routes = kRoutes;
  Routes lagging;
  std::optional<api::SidecarReport> sidecar;

  Outcome outcome() const { return decide({quota}, routes)[0]; }
  void report() {
    sidecar = api::SidecarReport{};
    if (const Outcome made = outcome(); made.rendered) sidecar->quotas = {api::as_loaded(*made.rendered)};
  }
  api::QuotaStatus status() const { return status_of(quota, outcome(), lagging, sidecar, kBegan); }
  std::string verdict(std::size_t index) const {
    const api::Condition condition = status().conditions.at(index);
    return condition.type + " " + condition.status + " " + condition.reason;
  }
  std::string message(std::size_t index) const { return status().conditions.at(index).message; }
};

TEST(QuotaStatus, SaysWhomItLimits) {
  Case good;
  EXPECT_EQ(good.verdict(0), "Accepted True Accepted");
  EXPECT_EQ(good.verdict(1), "ResolvedRefs True ResolvedRefs");
  EXPECT_EQ(good.verdict(2), "Programmed Unknown NotObserved");
  EXPECT_THAT(good.status().targets, ElementsAre("iris"));
  EXPECT_EQ(good.status().tiers, 1);
}

TEST(QuotaStatus, NamesTheTargetsThatAreNotThere) {
  Case lost;
  lost.quota.good->targets = {"lily", "iris", "aster"};
  EXPECT_EQ(lost.verdict(1), "ResolvedRefs False TargetNotFound");
  EXPECT_EQ(lost.message(1), "there is no MLRoute 'aster'; there is no MLRoute 'lily'");
  EXPECT_THAT(lost.status().targets, ElementsAre("iris"));
}

TEST(QuotaStatus, SaysThatTheNamespaceHasNothingToLimit) {
  Case alone;
  alone.quota.good->targets.clear();
  alone.routes.clear();
  EXPECT_EQ(alone.verdict(1), "ResolvedRefs False NoTargets");
}

TEST(QuotaStatus, OfAQuotaThatWasNeverGoodClaimsNothing) {
  Case bad;
  bad.quota.good.reset();
  bad.quota.good_generation = 0;
  bad.quota.faults = {"broken"};
  bad.report();
  EXPECT_EQ(bad.verdict(0), "Accepted False Invalid");
  EXPECT_EQ(bad.verdict(1), "ResolvedRefs Unknown NotAccepted");
  EXPECT_EQ(bad.verdict(2), "Programmed False NotAccepted");
  EXPECT_THAT(bad.status().targets, IsEmpty());
  EXPECT_FALSE(bad.status().tiers);
}

TEST(QuotaStatus, SpeaksOfTheGenerationInForceAfterABrokenEdit) {
  Case edited;
  edited.quota.generation = 5;
  edited.quota.good_generation = 4;
  edited.quota.faults = {"broken"};
  const api::QuotaStatus status = edited.status();
  EXPECT_EQ(status.generation, 5);
  EXPECT_EQ(status.conditions[0].observed_generation, 5);
  EXPECT_EQ(status.conditions[1].observed_generation, 4);
  EXPECT_EQ(status.conditions[2].observed_generation, 4);
}

TEST(QuotaProgrammed, NeedsTheQuotaInTheSidecarWithItsHash) {
  Case asked;
  asked.report();
  EXPECT_EQ(asked.verdict(2), "Programmed True Programmed");
  asked.sidecar->quotas[0].hash = "another";
  EXPECT_EQ(asked.verdict(2), "Programmed False NotLoaded");
  asked.report();
  asked.sidecar->quotas[0].generation = 2;
  EXPECT_EQ(asked.verdict(2), "Programmed False NotLoaded");
  asked.sidecar->unreachable = "connection refused";
  EXPECT_EQ(asked.verdict(2), "Programmed False SidecarUnreachable");
}

TEST(QuotaProgrammed, NeedsEveryRouteThatItLimits) {
  Case asked;
  asked.report();
  asked.lagging = {{"default", "rose"}};
  EXPECT_EQ(asked.verdict(2), "Programmed True Programmed") << "rose is none of its targets";
  asked.lagging = {{"default", "iris"}};
  EXPECT_EQ(asked.verdict(2), "Programmed False NotLoaded");
  EXPECT_EQ(asked.message(2), "the sidecar does not run MLRoute 'iris' with it yet");
}

TEST(QuotaUse, IsToldAsUsedAndLimit) {
  Case used;
  used.report();
  used.sidecar->uses = {{{"default", "other"}, {{"x", "y", 1, 1, 1, 1}}},
                        {{"default", "plans"},
                         {{"everyone", "daily", 10 * config::kOne, 7'250'000, 3, 1},
                          {"everyone", "rate", 4 * config::kOne, 3 * config::kOne, 2, 2}}}};
  const api::QuotaStatus status = used.status();
  EXPECT_EQ(status.most_used, "3/4");
  EXPECT_EQ(status.refused_last_hour, 3);
  EXPECT_THAT(status.limits, ElementsAre(api::LimitStatus{"everyone", "daily", "7.25/10", 3},
                                         api::LimitStatus{"everyone", "rate", "3/4", 2}));
}

TEST(QuotaUse, IsNotToldWhenNobodyAnswers) {
  Case silent;
  silent.sidecar = api::SidecarReport{"connection refused", "", {}, {}, {}};
  const nlohmann::json json = to_json(silent.status());
  for (const char* field : {"mostUsed", "refusedLastHour", "limits"}) EXPECT_FALSE(json.contains(field)) << field;
  EXPECT_EQ(json.at("targets"), nlohmann::json({"iris"}));
}

}  // namespace
}  // namespace mlgateway::quota
