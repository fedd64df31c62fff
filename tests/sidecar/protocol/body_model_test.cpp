#include "sidecar/protocol/body_model.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

namespace mlgateway::protocol {
namespace {

constexpr std::string_view kNotJson = "the body is not valid JSON";
constexpr std::string_view kTooDeep = "the body has more than 256 objects and arrays in one another";

// What the caller is told; empty when the body was read.
std::string refusal(BodyModelReader& reader, std::string body) {
  const auto model = reader.model_of_body(body);
  if (model) return "";
  EXPECT_EQ(model.error().reason, Reason::BodyInvalid);
  return model.error().detail;
}

std::string refusal(std::string body) {
  BodyModelReader reader;
  return refusal(reader, std::move(body));
}

std::string nested(std::size_t depth) {
  return R"({"model":"m","x":)" + std::string(depth, '[') + "1" + std::string(depth, ']') + "}";
}

TEST(BodyModel, IsTheMemberOfTheTopLevelObject) {
  BodyModelReader reader;
  std::string body = R"({"messages":[{"role":"user","model":"inner"}],"model":"org/gpt-4","stream":true})";
  const std::string before = body;
  EXPECT_EQ(*reader.model_of_body(body), "org/gpt-4");
  EXPECT_EQ(body, before);
  std::string escaped = R"( {"mod\u0065l" : "caf\u00e9"} )";
  EXPECT_EQ(*reader.model_of_body(escaped), "caf\xc3\xa9");
}

TEST(BodyModel, MustBeThereOnceAndBeAString) {
  EXPECT_EQ(refusal(R"({"prompt":"x"})"), "/model is missing");
  EXPECT_EQ(refusal(R"({})"), "/model is missing");
  EXPECT_EQ(refusal(R"({"nested":{"model":"x"}})"), "/model is missing");
  EXPECT_EQ(refusal(R"({"model":7})"), "/model must be a string");
  EXPECT_EQ(refusal(R"({"model":null})"), "/model must be a string");
  EXPECT_EQ(refusal(R"({"model":""})"), "/model must not be empty");
  EXPECT_EQ(refusal(R"({"model":"a","model":"b"})"), "/model is there twice");
  EXPECT_EQ(refusal(R"({"model":"a","x":1,"\u006dodel":"a"})"), "/model is there twice");
}

TEST(BodyModel, IsNotReadFromSomethingElseThanAnObject) {
  for (const char* body : {"[]", "\"model\"", "1", "null", R"([{"model":"x"}])"}) {
    EXPECT_EQ(refusal(body), "the body must be a JSON object with a member /model") << body;
  }
}

// Another reader might stop at the model and let the model server see the rest: nothing is relayed half read.
TEST(BodyModel, IsRefusedWhenAnythingAfterItIsNoJson) {
  for (const char* body : {"", " ", R"({"model":"x")", R"({"model":"x"} {"model":"y"})", R"({"model":"x","y":[1,]})",
                           R"({"model":"x","y":tru})", "{\"model\":\"x\",\"y\":\"\xff\"}",
                           "\xef\xbb\xbf{\"model\":\"x\"}", R"({"model":"x","y":01})", R"({'model':'x'})"}) {
    EXPECT_EQ(refusal(body), kNotJson) << body;
  }
  EXPECT_EQ(refusal(std::string("{\"model\":\"x\"}\0", 14)), kNotJson);
}

TEST(BodyModel, IsReadBesideNumbersOfTheUsualRangeOnly) {
  EXPECT_EQ(refusal(R"({"model":"m","seed":18446744073709551615,"top_p":1e308})"), "");
  EXPECT_EQ(refusal(R"({"model":"m","seed":18446744073709551616})"), kNotJson);
  EXPECT_EQ(refusal(R"({"model":"m","top_p":1e309})"), kNotJson);
}

TEST(BodyModel, IsRefusedBelowTheDepthAModelCouldMean) {
  EXPECT_EQ(refusal(nested(kMaxBodyDepth - 1)), "");
  EXPECT_EQ(refusal(nested(kMaxBodyDepth)), kTooDeep);
  EXPECT_EQ(refusal(nested(200000)), kTooDeep);
}

TEST(BodyModel, IsReadAfterALargeBodyAndAfterABadOne) {
  BodyModelReader reader;
  EXPECT_EQ(refusal(reader, R"({"model":"x","text":")" + std::string(3u << 20, 'a') + "\"}"), "");
  EXPECT_EQ(refusal(reader, "{"), kNotJson);
  std::string body = R"({"model":"y"})";
  EXPECT_EQ(*reader.model_of_body(body), "y");
  std::string broken = "{";
  EXPECT_FALSE(reader.model_of_body(broken).ok());
}

// https://github.com/nst/JSONTestSuite: y_ must be accepted, n_ refused, i_ is ours to decide but must not hurt.
TEST(BodyModel, JudgesTheJsonTestSuiteAsItSays) {
  const std::filesystem::path folder = PROJECT_ROOT "/../shared/vectors/jsontestsuite/test_parsing";
  ASSERT_TRUE(std::filesystem::is_directory(folder)) << folder << " is missing: the vectors are part of the tests";
  BodyModelReader reader;
  int accepted = 0;
  int refused = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    const std::string verdict = refusal(reader, text);
    // As the value of a member it is judged once more, so that the top level's type cannot hide anything.
    const std::string wrapped = refusal(reader, R"({"model":"m","x":)" + text + "}");
    if (name.starts_with("y_")) {
      EXPECT_NE(verdict, kNotJson) << name;
      EXPECT_EQ(wrapped, "") << name;
      ++accepted;
    } else if (name.starts_with("n_")) {
      EXPECT_TRUE(verdict == kNotJson || verdict == kTooDeep) << name << ": " << verdict;
      ++refused;
    }
  }
  EXPECT_GT(accepted, 90);
  EXPECT_GT(refused, 180);
}

}  // namespace
}  // namespace mlgateway::protocol
