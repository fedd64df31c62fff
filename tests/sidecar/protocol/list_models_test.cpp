#include "sidecar/protocol/list_models.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "sidecar/protocol/error_shape.hpp"

namespace mlgateway::protocol {
namespace {

TEST(ListModels, SaysWhatOpenAiClientsExpect) {
  const std::vector<std::string_view> models = {"gpt", "org/\"x\""};
  EXPECT_EQ(list_models(models), R"({"object":"list","data":[)"
                                 R"({"id":"gpt","object":"model","created":0,"owned_by":"mlgateway"},)"
                                 R"({"id":"org/\"x\"","object":"model","created":0,"owned_by":"mlgateway"}]})");
  EXPECT_EQ(list_models({}), R"({"object":"list","data":[]})");
}

TEST(ErrorShape, IsTheProtocolsOwn) {
  EXPECT_EQ(error_shape(config::Protocol::OpenInferenceV2), http::ErrorShape::OpenInferenceV2);
  EXPECT_EQ(error_shape(config::Protocol::OpenAI), http::ErrorShape::OpenAI);
  EXPECT_EQ(error_shape(config::Protocol::Generic), http::ErrorShape::Problem);
}

}  // namespace
}  // namespace mlgateway::protocol
