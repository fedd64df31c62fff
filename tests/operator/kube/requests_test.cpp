#include "operator/kube/requests.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "operator/kube/fault.hpp"
#include "operator/kube/resource_version.hpp"

namespace mlgateway::kube {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

const json kRoute{{"metadata", {{"namespace", "models"}, {"name", "iris"}}}, {"spec", {{"model", "iris"}}}};

TEST(Requests, NameCoreAndGroupedNamespacedAndClusterWideObjects) {
  EXPECT_EQ(get(kPods, {"models", "a"}).target, "/api/v1/namespaces/models/pods/a");
  EXPECT_EQ(get(kNamespaces, {"", "models"}).target, "/api/v1/namespaces/models");
  EXPECT_EQ(get(kMlRoutes, {"models", "iris"}).target, "/apis/mlgateway.io/v1alpha1/namespaces/models/mlroutes/iris");
  EXPECT_EQ(get(kMutatingWebhooks, {"ignored", "w"}).target,
            "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/w");
}

TEST(Requests, CannotLeaveTheirPath) {
  EXPECT_EQ(get(kPods, {"a/../b", "x?y=z"}).target, "/api/v1/namespaces/a%2F..%2Fb/pods/x%3Fy%3Dz");
  EXPECT_EQ(get(kPods, {"models", ".."}).target, "/api/v1/namespaces/models/pods/%2E%2E");
}

TEST(Requests, ListInPagesAndWatchFromAVersion) {
  const Selection all{"", "app=iris,version in (v1,v2)", ""};
  EXPECT_EQ(list(kPods, all, 500, "").target,
            "/api/v1/pods?labelSelector=app%3Diris%2Cversion%20in%20%28v1%2Cv2%29&limit=500");
  EXPECT_EQ(list(kPods, {"models", "", ""}, 500, "a+b").target,
            "/api/v1/namespaces/models/pods?limit=500&continue=a%2Bb");
  EXPECT_EQ(watch(kPods, {}, "77", 300s).target,
            "/api/v1/pods?watch=1&resourceVersion=77&allowWatchBookmarks=true&timeoutSeconds=300");
  EXPECT_FALSE(watch(kPods, {}, "77", 300s).writes());
}

TEST(Requests, ApplyAsAManager) {
  const Request request = apply(kMlRoutes, kRoute, "mlgateway-operator", Force::Yes);
  EXPECT_EQ(request.method, "PATCH");
  EXPECT_EQ(request.content_type, "application/apply-patch+yaml");
  EXPECT_EQ(request.target,
            "/apis/mlgateway.io/v1alpha1/namespaces/models/mlroutes/iris?fieldManager=mlgateway-operator&force=true");
  const json body = json::parse(request.body);
  EXPECT_EQ(body["apiVersion"], "mlgateway.io/v1alpha1");
  EXPECT_EQ(body["kind"], "MLRoute");
  EXPECT_TRUE(request.writes());
  EXPECT_NE(apply(kMlRoutes, kRoute, "m", Force::No).target.find("force=false"), std::string::npos);
  EXPECT_NE(apply_status(kMlRoutes, kRoute, "m").target.find("/iris/status?"), std::string::npos);
}

TEST(Requests, CreateInTheCollectionAndUpdateTheObject) {
  EXPECT_EQ(create(kMlRoutes, kRoute, "m").target,
            "/apis/mlgateway.io/v1alpha1/namespaces/models/mlroutes?fieldManager=m");
  EXPECT_EQ(update(kMlRoutes, kRoute, "m").method, "PUT");
  EXPECT_EQ(merge_patch(kPods, {"models", "a"}, {{"metadata", nullptr}}, "m").body, R"({"metadata":null})");
}

TEST(Requests, DeleteOnlyWhatWasSeen) {
  const json body = json::parse(remove(kSecrets, {"models", "a"}, "uid-1", "7").body);
  EXPECT_EQ(body["preconditions"], (json{{"uid", "uid-1"}, {"resourceVersion", "7"}}));
  EXPECT_FALSE(json::parse(remove(kSecrets, {"models", "a"}, "").body).contains("preconditions"));
}

TEST(Requests, ReplaceWhatIsNotUtf8) {
  const json object{{"metadata", {{"name", "a"}}}, {"note", "\xff"}};
  EXPECT_TRUE(json::accept(create(kSecrets, object, "m").body));
}

TEST(Fault, IsWhatTheStatusSays) {
  const Fault fault =
      fault_from(409, "", R"({"kind":"Status","reason":"AlreadyExists","message":"pods \"a\"\nexists"})");
  EXPECT_EQ(fault.kind, FaultKind::AlreadyExists);
  EXPECT_EQ(fault.message, "pods \"a\" exists");
  EXPECT_EQ(fault_from(409, "", R"({"kind":"Status","reason":"Conflict"})").kind, FaultKind::Conflict);
  EXPECT_EQ(fault_from(404, "", "").kind, FaultKind::NotFound);
  EXPECT_EQ(fault_from(410, "", "").kind, FaultKind::Gone);
  EXPECT_EQ(fault_from(422, "", "").kind, FaultKind::Invalid);
  EXPECT_EQ(fault_from(503, "", "").kind, FaultKind::ServerError);
  EXPECT_EQ(fault_from(302, "", "").kind, FaultKind::Unreadable);
}

TEST(Fault, KnowsWhenToComeBackAndWhatIsWrong) {
  EXPECT_EQ(fault_from(429, "3", "").retry_after, 3s);
  EXPECT_EQ(fault_from(429, "tomorrow", "").retry_after, std::nullopt);
  const Fault fault = fault_from(422, "", R"({"kind":"Status","details":{"retryAfterSeconds":5,
    "causes":[{"reason":"FieldValueInvalid","field":"spec.model","message":"too long"}, 7]}})");
  EXPECT_EQ(fault.retry_after, 5s);
  EXPECT_EQ(fault.causes[0], (Cause{"spec.model", "too long"}));
}

TEST(Fault, IsReadFromNonsenseToo) {
  for (const char* body : {"<html>", "[]", "{\"kind\":5}", "{\"kind\":\"Status\",\"details\":[],\"message\":{}}"}) {
    EXPECT_EQ(fault_from(500, "", body).message, "the API server answered 500") << body;
  }
}

TEST(Fault, TellsWhetherTheSameRequestMaySucceedLater) {
  for (const int code : {401, 403, 429, 500, 503}) EXPECT_TRUE(fault_from(code, "", "").passing()) << code;
  for (const int code : {400, 404, 409, 410, 422}) EXPECT_FALSE(fault_from(code, "", "").passing()) << code;
}

TEST(ResourceVersion, IsANumberThatGrows) {
  EXPECT_TRUE(compare_versions("9", "10") < 0);
  EXPECT_TRUE(compare_versions("10", "10") == 0);
  EXPECT_TRUE(compare_versions("99999999999999999999", "100000000000000000000") < 0);
}

TEST(ResourceVersion, HasNoOrderWhenItIsNone) {
  for (const char* version : {"", "010", "abc", "-1", "1.5"}) {
    EXPECT_EQ(compare_versions(version, "10"), std::partial_ordering::unordered) << version;
  }
}

}  // namespace
}  // namespace mlgateway::kube
