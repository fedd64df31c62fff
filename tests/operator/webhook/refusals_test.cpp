#include <gmock/gmock.h>

#include "operator/webhook/inject.hpp"
#include "tests/operator/webhook/pods.hpp"

namespace mlgateway::webhook {
namespace {

using Json = nlohmann::json;
using ::testing::HasSubstr;

std::string refusal_of(const Json& pod) {
  const Injection injection = inject(candidate(pod), settings(), randoms());
  EXPECT_TRUE(injection.patch.empty());
  EXPECT_EQ(injection.outcome, Injection::Outcome::Refused);
  return injection.reason;
}

// `pod` with the merge patch `change`.
Json with(const char* change) {
  Json pod = deployment_pod();
  pod.merge_patch(Json::parse(change));
  return pod;
}

TEST(Refusals, NameTheFieldAndWhatToDo) {
  EXPECT_THAT(refusal_of(with(R"({"spec": {"hostNetwork": true}})")), HasSubstr("mlgateway.io/inject: disabled"));
  EXPECT_THAT(refusal_of(with(R"({"spec": {"os": {"name": "windows"}}})")), HasSubstr("spec.os.name"));
  EXPECT_THAT(refusal_of(with(R"({"metadata": {"labels": {"mlgateway.io/inject": "false"}}})")),
              HasSubstr("must be enabled or disabled, is 'false'"));
}

TEST(Refusals, APortThatTheGatewayNeeds) {
  const Json pod =
      with(R"({"spec": {"containers": [{"name": "m", "ports": [{"containerPort": 1}, {"containerPort": 15801}]}]}})");
  EXPECT_EQ(refusal_of(pod),
            "spec.containers[0].ports[1].containerPort: 15801 is the gateway's admin port; give the gateway another by "
            "the annotation config.mlgateway.io/admin-port");
}

TEST(Refusals, AUdpPortIsNoClash) {
  const Json pod =
      with(R"({"spec": {"containers": [{"name": "m", "ports": [{"containerPort": 15801, "protocol": "UDP"}]}]}})");
  EXPECT_EQ(inject(candidate(pod), settings(), randoms()).outcome, Injection::Outcome::Patched);
}

TEST(Refusals, StolenNames) {
  EXPECT_THAT(refusal_of(with(R"({"spec": {"containers": [{"name": "mlgateway"}]}})")),
              HasSubstr("spec.containers[0].name"));
  EXPECT_THAT(refusal_of(with(R"({"spec": {"initContainers": [{"name": "mlgateway", "restartPolicy": "Always"}]}})")),
              HasSubstr("spec.initContainers[0].name"));
  EXPECT_THAT(refusal_of(with(R"({"spec": {"volumes": [{"name": "mlgateway-config"}]}})")),
              HasSubstr("spec.volumes[0].name"));
  EXPECT_THAT(refusal_of(with(R"({"spec": {"containers": [{"name": "m", "ports": [{"name": "mlgw-data"}]}]}})")),
              HasSubstr("ports[0].name"));
}

TEST(Refusals, OverridesThatCannotBe) {
  const auto annotated = [](const char* name, const char* value) {
    Json pod = deployment_pod();
    pod["metadata"]["annotations"][std::string("config.mlgateway.io/") + name] = value;
    return refusal_of(pod);
  };
  EXPECT_THAT(annotated("cpu-request", "lots"), HasSubstr("must be a quantity"));
  EXPECT_THAT(annotated("cpu-request", "1."), HasSubstr("must be a quantity"));
  EXPECT_THAT(annotated("data-port", "80"), HasSubstr("from 1024"));
  EXPECT_THAT(annotated("data-port", "15801"), HasSubstr("three different ports"));
  EXPECT_THAT(annotated("workers", "0"), HasSubstr("from 1 to 256"));
  EXPECT_THAT(annotated("image", ""), HasSubstr("name of an image"));
  EXPECT_THAT(annotated("model-containers", "a,,b"), HasSubstr("names of containers"));
  EXPECT_THAT(annotated("colour", "red"), HasSubstr("is no setting"));
}

TEST(Refusals, WhatIsNoPod) {
  for (const char* text :
       {"null", "[]", "{}", R"({"kind": "Pod"})", R"({"kind": "Pod", "metadata": {}, "spec": {}})",
        R"({"kind": "Pod", "metadata": {}, "spec": {"containers": {}}})",
        R"({"kind": "Pod", "metadata": {}, "spec": {"containers": [{}]}})",
        R"({"kind": "Pod", "metadata": {"labels": {"a": 1}}, "spec": {"containers": [{"name": "m"}]}})",
        R"({"kind": "Pod", "metadata": {"ownerReferences": 1}, "spec": {"containers": [{"name": "m"}]}})",
        R"({"kind": "Pod", "metadata": {}, "spec": {"containers": [{"name": "m", "ports": 1}]}})",
        R"({"kind": "Pod", "metadata": {}, "spec": {"containers": [{"name": "m", "lifecycle": 1}]}})",
        R"({"kind": "Pod", "metadata": {}, "spec": {"containers": [{"name": "m"}], "volumes": [1]}})",
        R"({"kind": "Pod", "metadata": {},
           "spec": {"containers": [{"name": "m"}], "terminationGracePeriodSeconds": -1}})"}) {
    EXPECT_FALSE(refusal_of(Json::parse(text)).empty()) << text;
  }
}

TEST(Refusals, AForgedRecordIsNoRecord) {
  for (const char* record :
       {"x", "{}", R"({"version":"1","pod":"","secret":"A/../b","drainToken":"aaaaaaaaaaaaaaaa","graceBefore":1})",
        R"({"version":"1","pod":"","secret":"s","drainToken":"a\r\nb: c aaaaaaaaaa","graceBefore":1})"}) {
    Json pod = deployment_pod();
    pod["metadata"]["annotations"]["mlgateway.io/injection"] = record;
    const Injection injection = inject(candidate(pod), settings(), randoms());
    EXPECT_EQ(injection.outcome, Injection::Outcome::Patched) << record;
    EXPECT_EQ(patched(pod, injection)["spec"]["terminationGracePeriodSeconds"], 65) << record;
  }
}

}  // namespace
}  // namespace mlgateway::webhook
