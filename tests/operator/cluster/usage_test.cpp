#include "operator/cluster/usage.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mlgateway::cluster {
namespace {

const api::ObjectKey kQuota{"models", "plans"};

config::Quota quota() {
  config::Limit limit;
  limit.name = "daily";
  limit.budget = config::Budget{10, {}};
  config::Quota quota;
  quota.namespace_name = "models";
  quota.name = "plans";
  quota.tiers = {{"all", {}, {}, {limit}}};
  return quota;
}

std::vector<workload::Workload> workloads(const std::vector<std::string>& pods) {
  workload::Workload workload;
  for (const std::string& name : pods) workload.pods.emplace_back().key = {"models", name};
  return {workload};
}

api::SidecarReport telling(std::vector<api::LimitUse> limits) {
  api::SidecarReport report;
  report.uses = {{kQuota, std::move(limits)}};
  return report;
}

TEST(Usage, IsTheMostThatOneCallerUsedAndAllRefusals) {
  const Reports reports = {{{"models", "a"}, telling({{"all", "daily", 10, 3, 1, 1}})},
                           {{"models", "b"}, telling({{"all", "daily", 10, 7, 2, 2}})},
                           {{"models", "elsewhere"}, telling({{"all", "daily", 10, 9, 9, 9}})}};
  const auto use = use_of(quota(), workloads({"a", "b"}), reports);
  ASSERT_TRUE(use);
  EXPECT_THAT(use->limits, testing::ElementsAre(api::LimitUse{"all", "daily", 10, 7, 3, 3}));
}

TEST(Usage, IsOfTheQuotasOwnLimitsWhateverASidecarTells) {
  const Reports reports = {{{"models", "a"}, telling({{"all", "daily", 99, 7, 0, 0}, {"x", "made up", 1, 1, 1, 1}})}};
  const auto use = use_of(quota(), workloads({"a"}), reports);
  ASSERT_TRUE(use);
  EXPECT_THAT(use->limits, testing::ElementsAre(api::LimitUse{"all", "daily", 10, 7, 0, 0}));
}

TEST(Usage, IsUnknownWhereNobodyTellsOfIt) {
  EXPECT_FALSE(use_of(quota(), workloads({"a"}), {{{"models", "a"}, {}}}));
  EXPECT_FALSE(use_of(quota(), {}, {}));
}

}  // namespace
}  // namespace mlgateway::cluster
