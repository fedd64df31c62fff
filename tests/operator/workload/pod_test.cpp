#include "operator/workload/pod.hpp"

#include <gtest/gtest.h>

namespace mlgateway::workload {
namespace {

using Json = nlohmann::json;

Json object(const std::string& record) {
  return Json::parse(R"({
    "metadata": {"namespace": "models", "name": "iris-1", "uid": "u1", "resourceVersion": "7",
                 "labels": {"app": "iris", "mlgateway.io/injected": "true"},
                 "annotations": {"mlgateway.io/config": "abc"},
                 "ownerReferences": [{"kind": "Node"}, {"kind": "ReplicaSet", "name": "iris", "controller": true}]},
    "spec": {"initContainers": [{"name": "mlgateway", "image": "i", "ports": [
               {"name": "mlgw-data", "containerPort": 1}, {"name": "mlgw-admin", "containerPort": 2}]}],
             "containers": [{"name": "model"}]},
    "status": {"phase": "Running", "podIP": "10.0.0.1", "qosClass": "Burstable",
               "conditions": [{"type": "Ready", "status": "True"}]}})")
      .patch(
          Json::array({{{"op", "add"}, {"path", "/metadata/annotations/mlgateway.io~1injection"}, {"value", record}}}));
}

constexpr const char* kRecord = R"({"secret":"mlgateway-iris-1","version":"0"})";

TEST(Pod, IsReadFromItsObject) {
  const auto pod = pod_from(object(kRecord));
  ASSERT_TRUE(pod);
  EXPECT_EQ(pod->secret, "mlgateway-iris-1");
  EXPECT_EQ(pod->admin_port, 2);
  EXPECT_EQ(pod->data_port, 1);
  EXPECT_EQ(pod->address, "10.0.0.1");
  EXPECT_EQ(pod->nudge, "abc");
  EXPECT_EQ(pod->owner.at("kind"), "ReplicaSet");
  EXPECT_TRUE(pod->ready);
  EXPECT_FALSE(pod->leaving);
}

TEST(Pod, IsTheSameWithoutWhatIsTrimmed) {
  Json trimmed = object(kRecord);
  trim(trimmed);
  EXPECT_EQ(pod_from(trimmed), pod_from(object(kRecord)));
  EXPECT_FALSE(trimmed["status"].contains("qosClass"));
  EXPECT_FALSE(trimmed["spec"]["initContainers"][0].contains("image"));
}

TEST(Pod, ThatHasEndedIsNone) {
  for (const char* phase : {"Succeeded", "Failed"}) {
    Json ended = object(kRecord);
    ended["status"]["phase"] = phase;
    EXPECT_FALSE(pod_from(ended)) << phase;
  }
}

TEST(Pod, LeadsToNoSecretThatInjectionWouldNotName) {
  for (const char* record : {"", "junk", "[]", "{}", R"({"secret":1})", R"({"secret":""})", R"({"secret":"keys"})",
                             R"({"secret":"mlgateway-"})", R"({"secret":"mlgateway-a/b"})",
                             R"({"secret":"mlgateway-A"})", R"({"secret":"mlgateway-a.b"})"}) {
    EXPECT_FALSE(pod_from(object(record))) << record;
  }
  EXPECT_FALSE(pod_from(object(R"({"secret":"mlgateway-)" + std::string(60, 'a') + R"("})")));
  EXPECT_FALSE(pod_from(object(std::string(100'000, '['))));
}

TEST(Pod, WithoutStatusIsNotReady) {
  Json young = object(kRecord);
  young.erase("status");
  const auto pod = pod_from(young);
  ASSERT_TRUE(pod);
  EXPECT_FALSE(pod->ready);
  EXPECT_EQ(pod->address, "");
}

TEST(Pod, ThatIsBeingDeletedIsLeaving) {
  Json leaving = object(kRecord);
  leaving["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z";
  EXPECT_TRUE(pod_from(leaving)->leaving);
}

TEST(PlainPod, IsOneWithoutASidecar) {
  Json naked = object("");
  naked["metadata"]["labels"].erase("mlgateway.io/injected");
  const auto pod = plain_pod_from(naked);
  ASSERT_TRUE(pod);
  EXPECT_EQ(pod->key.name, "iris-1");
  EXPECT_EQ(pod->labels.at("app"), "iris");
  EXPECT_FALSE(plain_pod_from(object(kRecord)));
}

TEST(PlainPod, IsOneThatOnlyPretends) {
  EXPECT_TRUE(plain_pod_from(object("junk")));
  Json unlabelled = object(kRecord);
  unlabelled["metadata"]["labels"].erase("mlgateway.io/injected");
  EXPECT_FALSE(pod_from(unlabelled));
  EXPECT_TRUE(plain_pod_from(unlabelled));
}

TEST(PlainPod, IsNoneThatHasEndedOrIsAboutTo) {
  Json ended = object("");
  ended["status"]["phase"] = "Succeeded";
  EXPECT_FALSE(plain_pod_from(ended));
  Json leaving = object("");
  leaving["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z";
  EXPECT_FALSE(plain_pod_from(leaving));
}

TEST(PlainPod, IsTheSameWithoutWhatIsTrimmed) {
  Json trimmed = object("");
  trim(trimmed);
  EXPECT_EQ(plain_pod_from(trimmed), plain_pod_from(object("")));
  EXPECT_TRUE(trimmed["spec"].empty());
}

}  // namespace
}  // namespace mlgateway::workload
