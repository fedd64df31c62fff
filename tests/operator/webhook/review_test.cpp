#include "operator/webhook/review.hpp"

#include <gmock/gmock.h>

#include "operator/api/base64.hpp"
#include "operator/webhook/decide.hpp"
#include "tests/operator/webhook/pods.hpp"

namespace mlgateway::webhook {
namespace {

using Json = nlohmann::json;
using ::testing::HasSubstr;

std::string review_of(const char* kind, const Json& object, const Json& old = nullptr) {
  return Json{{"apiVersion", "admission.k8s.io/v1"},
              {"kind", "AdmissionReview"},
              {"request",
               {{"uid", "u-1"},
                {"kind", {{"group", "g"}, {"version", "v"}, {"kind", kind}}},
                {"operation", old.is_null() ? "CREATE" : "UPDATE"},
                {"namespace", "models"},
                {"object", object},
                {"oldObject", old}}}}
      .dump();
}

ReviewRequest request_of(const char* kind, const Json& object, const Json& old = nullptr) {
  const auto read = read_review(review_of(kind, object, old));
  EXPECT_TRUE(read) << read.error().message;
  return *read;
}

Json response_to(const ReviewRequest& request, const Verdict& verdict) {
  const Json review = Json::parse(answer_to(request, verdict));
  EXPECT_EQ(review.at("apiVersion"), "admission.k8s.io/v1");
  EXPECT_EQ(review.at("kind"), "AdmissionReview");
  EXPECT_EQ(review.at("response").at("uid"), "u-1");
  return review.at("response");
}

// As the API server has it after its defaults.
Json route(const char* url) {
  Json route = Json::parse(R"({
    "apiVersion": "mlgateway.io/v1alpha1", "kind": "MLRoute", "metadata": {"name": "iris"},
    "spec": {
      "protocol": "OpenInferenceV2",
      "versions": [{"name": "v1", "costFactor": "1"}],
      "auth": {"methods": [{"name": "all", "type": "Anonymous"}]},
      "timeouts": {"request": "30s", "connect": "250ms", "streamIdle": "15s"},
      "body": {"maxReadBytes": "8Mi"},
      "cost": {"unit": "requests", "cacheHitFactor": "0", "terms": [{"quantity": "Request", "price": "1"}]},
      "enrichment": {"headers": true}}})");
  route["spec"]["versions"][0]["url"] = url;
  return route;
}

TEST(Review, AnswersAPodWithAPatch) {
  const ReviewRequest request = request_of("Pod", deployment_pod());
  const Verdict verdict = mutate(request, true, settings(), randoms());
  const Json response = response_to(request, verdict);
  EXPECT_EQ(response.at("allowed"), true);
  EXPECT_EQ(response.at("patchType"), "JSONPatch");
  const Json patch = Json::parse(*api::decode_base64(response.at("patch").get<std::string>()));
  EXPECT_EQ(deployment_pod().patch(patch)["spec"]["initContainers"][0]["name"], "mlgateway");
}

TEST(Review, HasNoPatchForAPodThatDidNotAsk) {
  const ReviewRequest request = request_of("Pod", deployment_pod());
  const Json response = response_to(request, mutate(request, false, settings(), randoms()));
  EXPECT_EQ(response, Json::parse(R"({"uid": "u-1", "allowed": true})"));
}

TEST(Review, RefusesWithReason) {
  Json pod = deployment_pod();
  pod["spec"]["hostNetwork"] = true;
  const ReviewRequest request = request_of("Pod", pod);
  const Json response = response_to(request, mutate(request, true, settings(), randoms()));
  EXPECT_EQ(response.at("allowed"), false);
  EXPECT_FALSE(response.contains("patch"));
  EXPECT_EQ(response.at("status").at("code"), 422);
  EXPECT_THAT(response.at("status").at("message").get<std::string>(), HasSubstr("spec.hostNetwork"));
}

TEST(Review, CutsWarningsToWhatTheApiTakes) {
  Verdict verdict;
  verdict.warnings = {std::string(119, 'x') + "\xc3\xa9"};
  const ReviewRequest request = request_of("Pod", deployment_pod());
  EXPECT_THAT(response_to(request, verdict).at("warnings")[0].get<std::string>(), HasSubstr("xxx"));
}

TEST(Review, IsReadStrictly) {
  for (const char* text :
       {"", "null", "[]", "{", "{}", "\xff", R"({"apiVersion": "admission.k8s.io/v1beta1", "kind": "AdmissionReview"})",
        R"({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview"})",
        R"({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {}})",
        R"({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {"uid": 1}})",
        R"({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {"uid": "u"}})"}) {
    EXPECT_FALSE(read_review(text)) << text;
  }
  EXPECT_FALSE(read_review(std::string(3 << 20, '[')));
}

TEST(Validate, NamesFieldAndFault) {
  const ReviewRequest request = request_of("MLRoute", route("http://:80"));
  const Json response = response_to(request, validate(request));
  EXPECT_EQ(response.at("allowed"), false);
  const Json& status = response.at("status");
  EXPECT_THAT(status.at("message").get<std::string>(), HasSubstr("spec.versions[0].url: has no usable host"));
  EXPECT_EQ(status.at("details").at("causes")[0].at("field"), "spec.versions[0].url");
}

// No rule or schema stands before this program when the CRDs are older than it is.
TEST(Validate, RefusesWhatThePlanWouldNotPutInForce) {
  Json object = route("http://a:80");
  object["spec"]["versions"].push_back(object["spec"]["versions"][0]);
  const Verdict verdict = validate(request_of("MLRoute", object));
  EXPECT_FALSE(verdict.allowed);
  EXPECT_THAT(verdict.message, HasSubstr("the sidecars would refuse it"));
}

Json quota(const char* label) {
  Json quota = Json::parse(R"({
    "apiVersion": "mlgateway.io/v1alpha1", "kind": "MLQuota", "metadata": {"name": "plans"},
    "spec": {
      "tiers": [{"name": "all", "scope": "Principal", "match": {"keyLabels": {}}, "limits": [
        {"name": "daily", "unit": "Request", "budget": "10", "window": {"rolling": "24h"}}]}],
      "enforcement": "Enforce"}})");
  quota["spec"]["tiers"][0]["match"]["keyLabels"][label] = "gold";
  return quota;
}

TEST(Validate, JudgesQuotasToo) {
  EXPECT_TRUE(validate(request_of("MLQuota", quota("plan"))).allowed);
  const Verdict verdict = validate(request_of("MLQuota", quota("no key")));
  EXPECT_FALSE(verdict.allowed);
  EXPECT_THAT(verdict.message, HasSubstr("spec.tiers[0].match.keyLabels"));
}

TEST(Validate, TakesAGoodRoute) { EXPECT_TRUE(validate(request_of("MLRoute", route("http://a:80"))).allowed); }

// An annotation must come off an object that an older version let in.
TEST(Validate, LetsAnUnchangedSpecPass) {
  Json next = route("http://:80");
  next["metadata"]["annotations"]["a"] = "b";
  EXPECT_TRUE(validate(request_of("MLRoute", next, route("http://:80"))).allowed);
  EXPECT_FALSE(validate(request_of("MLRoute", next, route("http://a:80"))).allowed);
}

TEST(Validate, SurvivesAnObjectOfAnotherSchema) {
  for (const Json& object :
       {Json(nullptr), Json(1), Json::object(), Json{{"metadata", 1}, {"spec", {{"versions", 1}}}}}) {
    for (const char* kind : {"MLRoute", "MLQuota"}) {
      const Verdict verdict = validate(request_of(kind, object));
      EXPECT_FALSE(verdict.allowed) << kind << object;
      EXPECT_THAT(verdict.message, HasSubstr("update the CRDs"));
    }
  }
}

TEST(Validate, HasNoSayInADeletion) {
  ReviewRequest request = request_of("MLRoute", route("http://:80"));
  request.operation = "DELETE";
  request.object = nullptr;
  EXPECT_TRUE(validate(request).allowed);
}

}  // namespace
}  // namespace mlgateway::webhook
