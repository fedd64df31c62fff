#include "operator/workload/labels.hpp"

#include <gtest/gtest.h>

namespace mlgateway::workload {
namespace {

using Json = nlohmann::json;

Pod pod(config::Labels labels) {
  Pod pod;
  pod.labels = std::move(labels);
  return pod;
}

TEST(RouteLabel, IsGivenWhenTheSidecarRunsTheRoute) {
  EXPECT_TRUE(label_changes(pod({{"app", "iris"}}), {"iris"}, {}).empty());
  EXPECT_EQ(label_changes(pod({{"app", "iris"}}), {"iris"}, {"iris"}), Json({{"mlgateway.io/route.iris", "true"}}));
}

TEST(RouteLabel, StaysWhileTheSidecarIsBehind) {
  EXPECT_TRUE(label_changes(pod({{"mlgateway.io/route.iris", "true"}}), {"iris"}, {}).empty());
}

TEST(RouteLabel, GoesWithTheRoute) {
  EXPECT_EQ(label_changes(pod({{"mlgateway.io/route.iris", "true"}, {"app", "iris"}}), {}, {}),
            Json({{"mlgateway.io/route.iris", nullptr}}));
}

TEST(RouteLabel, IsMended) {
  EXPECT_EQ(label_changes(pod({{"mlgateway.io/route.iris", "false"}}), {"iris"}, {"iris"}),
            Json({{"mlgateway.io/route.iris", "true"}}));
}

}  // namespace
}  // namespace mlgateway::workload
