#include "operator/webhook/calls.hpp"

#include <stdexcept>

#include <gmock/gmock.h>
#include <prometheus/text_serializer.h>

#include "tests/operator/webhook/pods.hpp"

namespace mlgateway::webhook {
namespace {

using Json = nlohmann::json;
using ::testing::HasSubstr;

std::string review(const Json& pod) {
  return Json{
      {"apiVersion", "admission.k8s.io/v1"},
      {"kind", "AdmissionReview"},
      {"request",
       {{"uid", "u"}, {"kind", {{"kind", "Pod"}}}, {"operation", "CREATE"}, {"namespace", "models"}, {"object", pod}}}}
      .dump();
}

class CallsTest : public ::testing::Test {
 protected:
  bool patches(std::string_view path, const Json& pod) {
    const HttpAnswer answer = calls_.answer(path, review(pod));
    EXPECT_EQ(answer.status, 200);
    return Json::parse(answer.body).at("response").contains("patch");
  }
  std::string metrics() { return prometheus::TextSerializer().Serialize(registry_.Collect()); }

  prometheus::Registry registry_;
  Calls calls_{settings(), [] { return randoms(); }, registry_};
};

TEST_F(CallsTest, KnowByPathWhetherTheNamespaceAsked) {
  EXPECT_TRUE(patches("/inject/namespace", bare_pod()));
  EXPECT_FALSE(patches("/inject/pod", bare_pod()));
  Json asking = bare_pod();
  asking["metadata"]["labels"]["mlgateway.io/inject"] = "enabled";
  EXPECT_TRUE(patches("/inject/pod", asking));
}

TEST_F(CallsTest, CountWhatCameOfThem) {
  patches("/inject/namespace", bare_pod());
  calls_.answer("/validate", "{");
  calls_.took("/validate", std::chrono::milliseconds(2));
  const std::string text = metrics();
  EXPECT_THAT(text, HasSubstr(R"(mlgateway_admission_requests_total{outcome="patched",webhook="inject"} 1)"));
  EXPECT_THAT(text, HasSubstr(R"(mlgateway_admission_requests_total{outcome="unreadable",webhook="validate"} 1)"));
  EXPECT_THAT(text, HasSubstr(R"(mlgateway_admission_seconds_bucket{webhook="validate",le="0.0025"} 1)"));
}

TEST_F(CallsTest, AreNotAnsweredWithAReviewWhenTheyAreNone) {
  EXPECT_EQ(calls_.answer("/", review(bare_pod())).status, 404);
  EXPECT_EQ(calls_.answer("/validate", "").status, 400);
}

TEST_F(CallsTest, SurviveABug) {
  Calls broken(settings(), []() -> Randoms { throw std::runtime_error("no randomness"); }, registry_);
  EXPECT_EQ(broken.answer("/inject/namespace", review(bare_pod())).status, 500);
}

TEST(FreshRandoms, AreFreshAndPlain) {
  const Randoms one = fresh_randoms();
  EXPECT_EQ(one.pod_id.size(), 10u);
  EXPECT_EQ(one.drain_token.size(), 32u);
  EXPECT_NE(one.drain_token, fresh_randoms().drain_token);
  EXPECT_EQ(one.drain_token.find_first_not_of("abcdefghijklmnopqrstuvwxyz234567"), std::string::npos);
}

}  // namespace
}  // namespace mlgateway::webhook
