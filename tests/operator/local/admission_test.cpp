#include "operator/local/admission.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mlgateway::local {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const Admission& admission() {
  static const auto made = Admission::make();
  EXPECT_TRUE(made) << made.error().message;
  return *made;
}

Reading read(const std::string& text) { return admission().read("iris.yaml", text); }

constexpr const char* kRoute = R"(apiVersion: mlgateway.io/v1alpha1
kind: MLRoute
metadata: {name: iris}
spec:
  versions: [{name: v1, url: "http://a:1"}]
  auth: {methods: [{name: all, type: Anonymous}]}
)";

TEST(Admission, TakesEveryDocumentOfAFile) {
  const Reading reading = read(std::string(kRoute) +
                               "---\napiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: ml}\n"
                               "stringData: {a: plain}\ndata: {b: Y29kZWQ=}\n---\napiVersion: v1\nkind: ConfigMap\n"
                               "metadata: {name: c}\ndata: {x: z}\n");
  EXPECT_THAT(reading.unreadable, IsEmpty());
  ASSERT_THAT(reading.manifests, SizeIs(3));
  for (const Manifest& manifest : reading.manifests) EXPECT_THAT(manifest.faults, IsEmpty());
  EXPECT_EQ(reading.manifests[0].id, (ObjectId{"MLRoute", {"default", "iris"}}));
  EXPECT_EQ(reading.manifests[1].id, (ObjectId{"Secret", {"ml", "s"}}));
  EXPECT_EQ(reading.manifests[1].good->secret->entries,
            (std::map<std::string, std::string>{{"a", "plain"}, {"b", "coded"}}));
}

TEST(Admission, NamesFileLineFieldAndWhatWasExpected) {
  const Reading reading = read(R"(apiVersion: mlgateway.io/v1alpha1
kind: MLRoute
metadata: {name: iris}
spec:
  versions:
  - name: v1
    url: http://a:1
    weight: 140
  retry: {}
)");
  ASSERT_THAT(reading.manifests, SizeIs(1));
  EXPECT_THAT(reading.manifests[0].faults,
              ElementsAre("iris.yaml:4: spec.auth: is required",
                          "iris.yaml:9: spec.retry: is not a known field; expected one of auth, body, cache, cost, "
                          "enrichment, hostnames, model, paths, protocol, split, timeouts, tls, versions",
                          "iris.yaml:8: spec.versions[0].weight: must be at most 100, is 140"));
}

TEST(Admission, SetsAKindThatIsNotKnownApart) {
  const Reading reading =
      read(std::string("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: iris}\n---\n") + kRoute);
  ASSERT_THAT(reading.unreadable, SizeIs(1));
  EXPECT_EQ(
      reading.unreadable[0].words,
      "kind 'Deployment' of apiVersion 'apps/v1' is not known; expected MLRoute or MLQuota of mlgateway.io/v1alpha1, "
      "Secret or ConfigMap of v1");
  EXPECT_THAT(reading.manifests, SizeIs(1));
}

TEST(Admission, TypesAQuotaWithItsDefaults) {
  const Reading reading = read(R"(apiVersion: mlgateway.io/v1alpha1
kind: MLQuota
metadata: {name: plans}
spec:
  targetRefs: [{group: mlgateway.io, kind: MLRoute, name: iris}]
  enforcement: DryRun
  tiers:
  - name: gold
    match: {keyLabels: {plan: gold}}
    scope: Tenant
    limits:
    - {name: burst, unit: Request, rate: 10, per: 1m, burst: 20}
    - {name: steady, unit: Cost, rate: 5}
  - name: others
    limits: [{name: daily, unit: Cost, budget: "2.5", window: {rolling: 24h}}]
)");
  ASSERT_THAT(reading.manifests, SizeIs(1));
  ASSERT_THAT(reading.manifests[0].faults, IsEmpty());
  const api::MLQuota& quota = *reading.manifests[0].good->quota;
  EXPECT_THAT(quota.targets, ElementsAre("iris"));
  EXPECT_EQ(quota.enforcement, config::Enforcement::DryRun);
  ASSERT_THAT(quota.tiers, SizeIs(2));
  EXPECT_EQ(quota.tiers[0].key_labels, (config::Labels{{"plan", "gold"}}));
  EXPECT_EQ(quota.tiers[0].scope, config::QuotaScope::Tenant);
  const auto millions = [](config::Millionths n) { return n * config::kOne; };
  EXPECT_EQ(quota.tiers[0].limits[0].rate, (config::Rate{millions(10), config::Milliseconds(60'000), millions(20)}));
  EXPECT_EQ(quota.tiers[0].limits[1].rate, (config::Rate{millions(5), config::Milliseconds(1000), millions(5)}));
  EXPECT_FALSE(quota.tiers[1].key_labels);
  EXPECT_EQ(quota.tiers[1].scope, config::QuotaScope::Principal);
  EXPECT_EQ(quota.tiers[1].limits[0].budget, (config::Budget{2'500'000, config::Milliseconds(86'400'000)}));
}

TEST(Admission, TypesCostAndCacheWithTheirDefaults) {
  const Reading reading = read(R"(apiVersion: mlgateway.io/v1alpha1
kind: MLRoute
metadata: {name: iris}
spec:
  protocol: TorchServe
  versions: [{name: v1, url: "http://a:1", costFactor: "8.5", revision: "2024-02"}]
  auth: {methods: [{name: all, type: Anonymous}]}
  cost:
    unit: credits
    terms: [{quantity: Rows, price: "0.1"}, {pointer: /n, price: "2", max: "16", default: "1"}]
  cache: {ttl: 10m}
)");
  ASSERT_THAT(reading.manifests, SizeIs(1));
  ASSERT_THAT(reading.manifests[0].faults, IsEmpty());
  const api::MLRoute& route = *reading.manifests[0].good->route;
  EXPECT_EQ(route.protocol, config::Protocol::TorchServe);
  EXPECT_EQ(route.versions[0].cost_factor, 8'500'000);
  EXPECT_EQ(route.versions[0].revision, "2024-02");
  const config::CostTerm rows{config::Quantity::Rows, 100'000, "", 0, {}};
  const config::CostTerm pointed{config::Quantity::Pointer, 2'000'000, "/n", 16'000'000, 1'000'000};
  EXPECT_EQ(route.cost, (config::Cost{"credits", {rows, pointed}, 0}));
  EXPECT_EQ(route.cache, (config::Cache{config::Milliseconds(600'000), 64u << 20, config::CacheScope::Principal}));
}

TEST(Admission, TakesOneForWhatARequestCostsUnlessTheSpecSaysOtherwise) {
  const Reading reading = read(kRoute);
  EXPECT_EQ(reading.manifests[0].good->route->cost, config::Cost{});
  EXPECT_FALSE(reading.manifests[0].good->route->cache);
}

TEST(Admission, ChecksTheKeysOfAQuotasLabels) {
  const Reading reading = read(R"(apiVersion: mlgateway.io/v1alpha1
kind: MLQuota
metadata: {name: plans}
spec:
  tiers:
  - name: gold
    match:
      keyLabels:
        -plan: gold
    limits: [{name: daily, unit: Cost, rate: 1}]
)");
  EXPECT_THAT(reading.manifests[0].faults,
              ElementsAre("iris.yaml:9: spec.tiers[0].match.keyLabels.-plan: is not the key of a label: no object can "
                          "have it"));
}

TEST(Admission, SetsWhatNamesNoObjectApart) {
  EXPECT_THAT(read("- a\n").unreadable, SizeIs(1));
  EXPECT_THAT(read("apiVersion: v1\nkind: Secret\n").unreadable, SizeIs(1));
  EXPECT_THAT(read("apiVersion: v1\nkind: Secret\nmetadata: {name: ../../etc/passwd}\n").unreadable, SizeIs(1));
  EXPECT_THAT(read("apiVersion: v1\nkind: Secret\nmetadata: {name: a, namespace: ../x}\n").unreadable, SizeIs(1));
  EXPECT_THAT(read("apiVersion: v1\nkind: Secret\nmetadata: {name: 5}\n").unreadable, SizeIs(1));
  EXPECT_THAT(read("kind: [").unreadable, SizeIs(1));
}

TEST(Admission, ReadsOverWhatKubectlGetAdds) {
  const Reading reading = read(R"(apiVersion: mlgateway.io/v1alpha1
kind: MLRoute
metadata:
  name: iris
  creationTimestamp: "2024-02-29T12:00:00Z"
  generation: 3
  resourceVersion: "17"
  uid: 8a7
spec:
  versions: [{name: v1, url: "http://a:1"}]
  auth: {methods: [{name: all, type: Anonymous}]}
status: {observedGeneration: 3, nonsense: true}
)");
  ASSERT_THAT(reading.manifests, SizeIs(1));
  EXPECT_THAT(reading.manifests[0].faults, IsEmpty());
  EXPECT_TRUE(reading.manifests[0].created);
}

TEST(Admission, ChecksMetadataToo) {
  const Reading reading = read(R"(apiVersion: v1
kind: Secret
metadata:
  name: s
  creationTimestamp: yesterday
  labels:
    -bad: x
    good: "no spaces"
    n: 5
  finalizers: [x]
)");
  EXPECT_THAT(reading.manifests.at(0).faults, SizeIs(5));
}

TEST(Admission, TellsWhichEntryOfASecretIsNotBase64) {
  const Reading reading = read("apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata:\n  a: YWxpY2U=\n  b: '*'\n");
  EXPECT_THAT(reading.manifests.at(0).faults,
              ElementsAre("iris.yaml:6: data.b: must be base64; `stringData` takes plain text"));
  EXPECT_FALSE(reading.manifests.at(0).good);
}

TEST(Admission, RefusesAHostThatIsNone) {
  const Reading reading = read(
      "apiVersion: mlgateway.io/v1alpha1\nkind: MLRoute\nmetadata: {name: iris}\nspec:\n"
      "  versions: [{name: v1, url: 'http://[::::]:1'}]\n"
      "  auth: {methods: [{name: all, type: Anonymous}]}\n");
  EXPECT_THAT(reading.manifests.at(0).faults,
              ElementsAre("iris.yaml:5: spec.versions[0].url: has no usable host, is 'http://[::::]:1'"));
}

TEST(Admission, HashesTheSpecAndNotTheMetadata) {
  const auto hash = [](const std::string& text) { return read(text).manifests.at(0).spec_hash; };
  std::string labelled = kRoute;
  labelled.replace(labelled.find("{name: iris}"), 12, "{name: iris, labels: {a: b}}");
  std::string changed = kRoute;
  changed.replace(changed.find("a:1"), 3, "a:2");
  EXPECT_EQ(hash(kRoute), hash(labelled));
  EXPECT_NE(hash(kRoute), hash(changed));
}

}  // namespace
}  // namespace mlgateway::local
