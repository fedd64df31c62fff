#include "operator/webhook/workload.hpp"

#include <gmock/gmock.h>

#include "tests/operator/webhook/pods.hpp"

namespace mlgateway::webhook {
namespace {

using Json = nlohmann::json;

Json owned_by(const char* version, const char* kind, const char* name) {
  Json pod = bare_pod();
  pod["metadata"]["ownerReferences"] =
      Json::array({{{"apiVersion", version}, {"kind", kind}, {"name", name}, {"controller", true}}});
  return pod;
}

TEST(Workload, IsTheDeploymentAboveTheReplicaSet) {
  EXPECT_EQ(workload_of(deployment_pod()), (Workload{"apps", "Deployment", "iris"}));
}

TEST(Workload, IsTheReplicaSetThatNobodyOwns) {
  EXPECT_EQ(workload_of(owned_by("apps/v1", "ReplicaSet", "iris")), (Workload{"apps", "ReplicaSet", "iris"}));
}

TEST(Workload, IsTheControllerAmongOwners) {
  EXPECT_EQ(workload_of(owned_by("apps/v1", "StatefulSet", "db")), (Workload{"apps", "StatefulSet", "db"}));
  EXPECT_EQ(workload_of(owned_by("apps/v1", "DaemonSet", "d")), (Workload{"apps", "DaemonSet", "d"}));
  Json pod = owned_by("v1", "Node", "n");
  pod["metadata"]["ownerReferences"][0].erase("controller");
  EXPECT_TRUE(workload_of(pod).bare());
  EXPECT_TRUE(workload_of(bare_pod()).bare());
}

TEST(SecretName, StaysTheSameOverATemplatesHash) {
  Json next = deployment_pod();
  next["metadata"]["labels"]["pod-template-hash"] = "77";
  next["metadata"]["ownerReferences"][0]["name"] = "iris-77";
  EXPECT_EQ(secret_name(workload_of(deployment_pod()), "models", "x"), secret_name(workload_of(next), "models", "y"));
}

TEST(SecretName, IsAnotherForAnotherWorkload) {
  const std::string one = secret_name({"apps", "Deployment", "iris"}, "models", "");
  EXPECT_NE(one, secret_name({"apps", "StatefulSet", "iris"}, "models", ""));
  EXPECT_NE(one, secret_name({"apps", "Deployment", "iris"}, "other", ""));
}

TEST(SecretName, FitsAndIsAName) {
  const std::string name = secret_name({"apps", "Deployment", "a.b" + std::string(250, 'x')}, "models", "");
  EXPECT_EQ(name.size(), 63);
  EXPECT_EQ(name.find('.'), std::string::npos);
  EXPECT_EQ(secret_name({}, "models", "abcdefghij"), "mlgateway-pod-abcdefghij");
}

}  // namespace
}  // namespace mlgateway::webhook
