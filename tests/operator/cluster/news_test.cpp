#include "operator/cluster/news.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mlgateway::cluster {
namespace {

const nlohmann::json kObject = {{"apiVersion", "mlgateway.io/v1alpha1"},
                                {"kind", "MLRoute"},
                                {"metadata", {{"namespace", "models"}, {"name", "iris"}, {"uid", "u"}}}};

api::Condition condition(const char* type, const char* status, const char* reason, std::int64_t generation = 1) {
  return {type, status, reason, "words", "", generation};
}

std::vector<std::string> reasons(const api::Conditions& before, const api::Conditions& now) {
  std::vector<std::string> reasons;
  for (const kube::Event& event : news_of(kObject, before, now)) reasons.push_back(event.type + " " + event.reason);
  return reasons;
}

using testing::ElementsAre;
using testing::IsEmpty;

TEST(News, IsWhatHasGoneWrong) {
  const auto wrong = condition("ResolvedRefs", "False", "SecretNotFound");
  EXPECT_THAT(reasons({}, {wrong}), ElementsAre("Warning SecretNotFound"));
  EXPECT_THAT(reasons({condition("ResolvedRefs", "True", "ResolvedRefs")}, {wrong}),
              ElementsAre("Warning SecretNotFound"));
  EXPECT_THAT(reasons({condition("ResolvedRefs", "False", "RefNotPermitted")}, {wrong}),
              ElementsAre("Warning SecretNotFound"));
}

TEST(News, IsNotWhatStaysAsItIs) {
  const auto wrong = condition("ResolvedRefs", "False", "SecretNotFound");
  const auto right = condition("Programmed", "True", "Programmed");
  EXPECT_THAT(reasons({wrong, right}, {wrong, right}), IsEmpty());
  EXPECT_THAT(reasons({wrong}, {condition("ResolvedRefs", "False", "SecretNotFound", 2)}), IsEmpty());
}

TEST(News, IsThatAGenerationIsEnforced) {
  EXPECT_THAT(
      reasons({condition("Programmed", "True", "Programmed", 1)}, {condition("Programmed", "True", "Programmed", 2)}),
      ElementsAre("Normal Programmed"));
  EXPECT_THAT(reasons({condition("Programmed", "False", "NotLoaded")}, {condition("Programmed", "True", "Programmed")}),
              ElementsAre("Normal Programmed"));
}

TEST(News, IsNotWhatPassesByItself) {
  for (const char* reason : {"NotLoaded", "NoReadyPods"}) {
    EXPECT_THAT(reasons({}, {condition("Programmed", "False", reason), condition("Ready", "False", reason)}),
                IsEmpty());
  }
}

TEST(News, IsToldOnce) {
  EXPECT_THAT(
      reasons({}, {condition("Programmed", "False", "ConfigTooLarge"), condition("Ready", "False", "ConfigTooLarge")}),
      ElementsAre("Warning ConfigTooLarge"));
  EXPECT_THAT(
      reasons({}, {condition("Programmed", "True", "Programmed"), condition("Ready", "False", "PodsWithoutSidecar")}),
      ElementsAre("Normal Programmed", "Warning PodsWithoutSidecar"));
}

TEST(News, IsAboutTheObject) {
  const auto news = news_of(kObject, {}, {condition("Accepted", "False", "Conflict")});
  ASSERT_EQ(news.size(), 1);
  EXPECT_EQ(news[0].regarding.at("kind"), "MLRoute");
  EXPECT_EQ(news[0].regarding.at("uid"), "u");
  EXPECT_EQ(news[0].note, "words");
}

}  // namespace
}  // namespace mlgateway::cluster
