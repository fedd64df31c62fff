#include "operator/webhook/inject.hpp"

#include <gmock/gmock.h>

#include "operator/webhook/injection_record.hpp"
#include "tests/operator/webhook/pods.hpp"

namespace mlgateway::webhook {
namespace {

using Json = nlohmann::json;
using Outcome = Injection::Outcome;
using ::testing::HasSubstr;

Injection injection_of(const Json& pod) { return inject(candidate(pod), settings(), randoms()); }

Json injected(const Json& pod) {
  const Injection injection = injection_of(pod);
  EXPECT_EQ(injection.outcome, Outcome::Patched) << injection.reason;
  return patched(pod, injection);
}

TEST(Inject, PutsANativeSidecarFirstInLine) {
  const Json pod = injected(deployment_pod());
  const Json& first = pod["spec"]["initContainers"][0];
  EXPECT_EQ(first["name"], "mlgateway");
  EXPECT_EQ(first["restartPolicy"], "Always");
  EXPECT_EQ(first["image"], "registry/mlgateway:1");
  EXPECT_EQ(first["command"], Json::array({"mlgateway-sidecar"}));
  EXPECT_EQ(pod["spec"]["initContainers"][1]["name"], "fetch");
  EXPECT_EQ(pod["spec"]["containers"].size(), 1);
}

TEST(Inject, LeavesWhatTheUserWrote) {
  Json pod = injected(deployment_pod());
  EXPECT_EQ(pod["spec"]["containers"][0]["image"], "m:1");
  EXPECT_EQ(pod["spec"]["volumes"][0], deployment_pod()["spec"]["volumes"][0]);
  EXPECT_EQ(pod["metadata"]["labels"]["app"], "iris");
  EXPECT_EQ(pod["metadata"]["ownerReferences"], deployment_pod()["metadata"]["ownerReferences"]);
}

TEST(Inject, MakesListsAndMapsThatAPodDoesNotHave) {
  const Json pod = injected(bare_pod());
  EXPECT_EQ(pod["spec"]["initContainers"].size(), 1);
  EXPECT_EQ(pod["spec"]["volumes"].size(), 2);
  EXPECT_EQ(pod["metadata"]["labels"]["mlgateway.io/injected"], "true");
}

TEST(Inject, PassesTheRestrictedProfile) {
  const Json pod = injected(bare_pod());
  const Json& context = pod["spec"]["initContainers"][0]["securityContext"];
  EXPECT_EQ(context["runAsNonRoot"], true);
  EXPECT_NE(context["runAsUser"], 0);
  EXPECT_EQ(context["allowPrivilegeEscalation"], false);
  EXPECT_EQ(context["capabilities"], Json::parse(R"({"drop": ["ALL"]})"));
  EXPECT_EQ(context["seccompProfile"]["type"], "RuntimeDefault");
  EXPECT_EQ(context["readOnlyRootFilesystem"], true);
  for (const Json& volume : pod["spec"]["volumes"]) {
    EXPECT_TRUE(volume.contains("projected") || volume.contains("emptyDir")) << volume;
  }
  for (const Json& port : pod["spec"]["initContainers"][0]["ports"]) EXPECT_FALSE(port.contains("hostPort"));
}

TEST(Inject, MountsAnOptionalSecretTogetherWithThePodsLabels) {
  const Json pod = injected(deployment_pod());
  const Json& sources = pod["spec"]["volumes"][1]["projected"]["sources"];
  EXPECT_EQ(sources[0]["secret"]["optional"], true);
  EXPECT_THAT(sources[0]["secret"]["name"].get<std::string>(), HasSubstr("mlgateway-iris-"));
  EXPECT_EQ(sources[1]["downwardAPI"]["items"][0]["fieldRef"]["fieldPath"], "metadata.labels");
  const Json& mount = pod["spec"]["initContainers"][0]["volumeMounts"][0];
  EXPECT_EQ(mount["name"], pod["spec"]["volumes"][1]["name"]);
  EXPECT_FALSE(mount.contains("subPath"));  // such a mount is never updated
}

// The model starts only after the startup probe, and readiness waits for the model.
TEST(Inject, DoesNotLetTheStartWaitForTheModel) {
  const Json pod = injected(bare_pod());
  const Json& sidecar = pod["spec"]["initContainers"][0];
  EXPECT_EQ(sidecar["startupProbe"]["httpGet"]["path"], "/healthz");
  EXPECT_EQ(sidecar["livenessProbe"]["httpGet"]["path"], "/healthz");
  EXPECT_EQ(sidecar["readinessProbe"]["httpGet"]["path"], "/readyz");
  EXPECT_EQ(sidecar["readinessProbe"]["httpGet"]["port"], 15801);
}

TEST(Inject, NamesPortsAsNobodyElseDoes) {
  const Json pod = injected(bare_pod());
  for (const Json& port : pod["spec"]["initContainers"][0]["ports"]) {
    EXPECT_THAT(port["name"].get<std::string>(), ::testing::StartsWith("mlgw-"));
  }
}

TEST(Inject, LetsTheModelWaitForTheSidecarAndGivesItTheTime) {
  const Json pod = injected(deployment_pod());
  const Json& hook = pod["spec"]["containers"][0]["lifecycle"]["preStop"]["httpGet"];
  EXPECT_EQ(hook["path"], "/drain");
  EXPECT_EQ(hook["port"], 15801);
  EXPECT_EQ(hook["httpHeaders"][0]["value"], "Bearer " + std::string(32, 'a'));
  EXPECT_EQ(pod["spec"]["initContainers"][0]["env"][0]["value"], std::string(32, 'a'));
  EXPECT_EQ(pod["spec"]["terminationGracePeriodSeconds"], 30 + 5 + 30);
}

TEST(Inject, KeepsAModelsOwnHookAndSaysSo) {
  Json pod = deployment_pod();
  pod["spec"]["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"] = 5;
  const Injection injection = injection_of(pod);
  EXPECT_EQ(patched(pod, injection)["spec"]["containers"][0]["lifecycle"], pod["spec"]["containers"][0]["lifecycle"]);
  ASSERT_EQ(injection.warnings.size(), 1);
  EXPECT_LE(injection.warnings[0].size(), 120);
}

TEST(Inject, KeepsAPostStartHookBesideItsOwn) {
  Json pod = deployment_pod();
  pod["spec"]["containers"][0]["lifecycle"]["postStart"]["exec"]["command"] = {"true"};
  const Json lifecycle = injected(pod)["spec"]["containers"][0]["lifecycle"];
  EXPECT_TRUE(lifecycle.contains("postStart"));
  EXPECT_TRUE(lifecycle.contains("preStop"));
}

TEST(Inject, GivesHooksOnlyToTheContainersThatTheAnnotationNames) {
  Json pod = deployment_pod();
  pod["spec"]["containers"].push_back({{"name", "logs"}, {"image", "l:1"}});
  pod["metadata"]["annotations"]["config.mlgateway.io/model-containers"] = "model,gone";
  const Injection injection = injection_of(pod);
  const Json after = patched(pod, injection);
  EXPECT_TRUE(after["spec"]["containers"][0].contains("lifecycle"));
  EXPECT_FALSE(after["spec"]["containers"][1].contains("lifecycle"));
  ASSERT_EQ(injection.warnings.size(), 1);
  EXPECT_THAT(injection.warnings[0], HasSubstr("gone"));
}

TEST(Inject, DoesNotMakeAPodLingerThatWantsToBeKilledAtOnce) {
  Json pod = deployment_pod();
  pod["spec"]["terminationGracePeriodSeconds"] = 0;
  EXPECT_EQ(injected(pod)["spec"]["terminationGracePeriodSeconds"], 0);
}

TEST(Inject, ChangesNothingTheSecondTime) {
  for (const Json& pod : {deployment_pod(), bare_pod()}) {
    const Injection again = inject(candidate(injected(pod)), settings(), randoms('b'));
    EXPECT_EQ(again.outcome, Outcome::Untouched) << again.patch.dump(1);
  }
}

// The API server fills in defaults between two calls, its ServiceAccount plugin mounts a token.
TEST(Inject, TakesWhatOthersAddedToTheSidecarForItsOwn) {
  Json pod = injected(deployment_pod());
  Json& sidecar = pod["spec"]["initContainers"][0];
  sidecar["terminationMessagePath"] = "/dev/termination-log";
  sidecar["readinessProbe"]["successThreshold"] = 1;
  sidecar["volumeMounts"].push_back({{"name", "kube-api-access-x"}, {"mountPath", "/var/run/secrets"}});
  EXPECT_EQ(injection_of(pod).outcome, Outcome::Untouched);
}

TEST(Inject, GivesAContainerThatCameInBetweenItsHookAndRaisesTheGraceOnce) {
  Json pod = injected(deployment_pod());
  pod["spec"]["containers"].push_back({{"name", "late"}, {"image", "l:1"}});
  const Json after = injected(pod);
  EXPECT_TRUE(after["spec"]["containers"][1]["lifecycle"].contains("preStop"));
  EXPECT_EQ(after["spec"]["terminationGracePeriodSeconds"], 65);
  EXPECT_EQ(after["spec"]["initContainers"].size(), 2);
}

TEST(Inject, MendsWhatIsPartlyThere) {
  Json pod = injected(deployment_pod());
  const Json whole = pod;
  pod["spec"]["volumes"].erase(2);
  pod["spec"]["initContainers"][0]["image"] = "evil:1";
  EXPECT_EQ(injected(pod), whole);
}

TEST(Inject, DoesNotLetACopiedBarePodShareASecret) {
  Json copy = injected(bare_pod());
  copy["metadata"]["name"] = "iris-2";
  const Injection injection = inject(candidate(copy), settings(), randoms('b'));
  EXPECT_EQ(record_of(patched(copy, injection))->secret, "mlgateway-pod-bbbbbbbbbb");
}

TEST(Inject, OverridesByAnnotation) {
  Json pod = deployment_pod();
  pod["metadata"]["annotations"] = {{"config.mlgateway.io/image", "mine:2"},
                                    {"config.mlgateway.io/memory-limit", "1Gi"},
                                    {"config.mlgateway.io/admin-port", "9901"}};
  const Json after = injected(pod);
  const Json& sidecar = after["spec"]["initContainers"][0];
  EXPECT_EQ(sidecar["image"], "mine:2");
  EXPECT_EQ(sidecar["resources"]["limits"]["memory"], "1Gi");
  EXPECT_EQ(sidecar["livenessProbe"]["httpGet"]["port"], 9901);
  EXPECT_EQ(after["spec"]["containers"][0]["lifecycle"]["preStop"]["httpGet"]["port"], 9901);
}

TEST(Inject, LeavesPodsAloneThatDidNotAsk) {
  Candidate one = candidate(deployment_pod());
  one.namespace_asked = false;
  EXPECT_EQ(inject(one, settings(), randoms()).outcome, Outcome::Untouched);
  one.pod["metadata"]["labels"]["mlgateway.io/inject"] = "enabled";
  EXPECT_EQ(inject(one, settings(), randoms()).outcome, Outcome::Patched);
  Candidate not_me = candidate(deployment_pod());
  not_me.pod["metadata"]["labels"]["mlgateway.io/inject"] = "disabled";
  EXPECT_EQ(inject(not_me, settings(), randoms()).outcome, Outcome::Untouched);
}

TEST(Inject, NeverTouchesWhatTheClusterLivesOn) {
  for (const char* name : {"kube-system", "mlgateway-system"}) {
    Candidate one = candidate(deployment_pod());
    one.namespace_name = name;
    one.pod["metadata"]["labels"]["mlgateway.io/inject"] = "enabled";
    EXPECT_EQ(inject(one, settings(), randoms()).outcome, Outcome::Untouched) << name;
  }
  Json mirror = deployment_pod();
  mirror["metadata"]["annotations"]["kubernetes.io/config.mirror"] = "x";
  EXPECT_EQ(injection_of(mirror).outcome, Outcome::Untouched);
}

}  // namespace
}  // namespace mlgateway::webhook
