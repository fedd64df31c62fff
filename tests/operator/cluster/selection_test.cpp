#include "operator/cluster/selection.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mlgateway::cluster {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

api::MLRoute route() {
  api::MLRoute route;
  for (const char* name : {"v1", "v2"}) {
    api::VersionSpec version{name, "", std::nullopt};
    version.pods = api::PodTarget{{{"version", name}}, 8080};
    route.versions.push_back(version);
  }
  route.versions.push_back({"outside", "http://elsewhere:80", std::nullopt});
  return route;
}

workload::PlainPod plain(const std::string& name, const std::string& version) {
  return {{"models", name}, {{"version", version}, {"app", "iris"}}};
}

workload::Pod pod(const std::string& version) {
  workload::Pod pod;
  pod.labels = {{"version", version}};
  return pod;
}

TEST(Selection, FindsPodsWithoutASidecarThatAreAVersion) {
  const Selection found = selection_of(route(), {pod("v1")}, {plain("naked", "v2"), plain("other", "v3")});
  EXPECT_THAT(found.plain, ElementsAre("naked"));
  EXPECT_TRUE(found.empty.empty());
}

TEST(Selection, FindsVersionsThatNoPodIs) {
  EXPECT_THAT(selection_of(route(), {pod("v1")}, {}).empty, ElementsAre("v2"));
  EXPECT_THAT(selection_of(route(), {}, {}).empty, ElementsAre("v1", "v2"));
  EXPECT_TRUE(selection_of(route(), {pod("v1"), pod("v2")}, {}).empty.empty());
}

TEST(Selection, NamesAFewOfManyPods) {
  const auto verdict = plain_pods({{"a", "b", "c", "d", "e", "f"}, {}});
  EXPECT_EQ(verdict.reason, "PodsWithoutSidecar");
  EXPECT_THAT(verdict.message, HasSubstr("6 pods have"));
  EXPECT_THAT(verdict.message, HasSubstr("'a', 'b', 'c', 'd', 'e' and others"));
  EXPECT_THAT(plain_pods({{"a"}, {}}).message, HasSubstr("1 pod has"));
}

}  // namespace
}  // namespace mlgateway::cluster
