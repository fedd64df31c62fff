// The paths of KServe V1, MLflow and TorchServe, and how protocols share a host.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sidecar/protocol/error_shape.hpp"
#include "sidecar/protocol/router.hpp"
#include "tests/sidecar/config/routes.hpp"

namespace mlgateway::protocol {
namespace {

using config::config_of;
using config::Protocol;
using config::route;

config::Route at(config::Route made, std::vector<std::string> hostnames) {
  made.hostnames = std::move(hostnames);
  return made;
}

// MLflow's paths name no model, and neither do its routes.
config::Route mlflow() { return route("", Protocol::MLflow); }

int only(const Result<Match>& match) {
  return match && match->candidates.size() == 1 ? static_cast<int>(match->candidates.front()) : -1;
}

Reason refusal(const Result<Match>& match) { return match ? Reason::Internal : match.error().reason; }

struct Case {
  const char* method;
  const char* path;
  Operation operation;
  const char* version;
};

void expect_all(const Router& router, std::initializer_list<Case> cases) {
  for (const Case& c : cases) {
    const auto match = router.match("h", c.method, c.path);
    ASSERT_EQ(only(match), 0) << c.method << ' ' << c.path;
    EXPECT_EQ(match->operation, c.operation) << c.path;
    EXPECT_EQ(match->version, c.version) << c.path;
    EXPECT_FALSE(match->model_in_body);
    EXPECT_FALSE(match->list_models);
  }
}

TEST(KServeV1Paths, AreThoseOfTheProtocol) {
  const auto config = config_of({route("iris", Protocol::KServeV1)});
  expect_all(Router(config), {
                                 {"POST", "/v1/models/iris:predict", Operation::Infer, ""},
                                 {"POST", "/v1/models/iris:explain", Operation::Infer, ""},
                                 {"POST", "/v1/models/iris/versions/v2:predict", Operation::Infer, "v2"},
                                 {"POST", "/v1/models/iris/versions/v2:explain", Operation::Infer, "v2"},
                                 {"GET", "/v1/models/iris", Operation::Ready, ""},
                                 {"HEAD", "/v1/models/iris/versions/v2", Operation::Ready, "v2"},
                                 {"GET", "/v1/models/iris/metadata", Operation::Metadata, ""},
                                 {"GET", "/v1/models/iris/versions/v2/metadata", Operation::Metadata, "v2"},
                             });
}

TEST(KServeV1Paths, EverythingElseDoesNotExist) {
  const auto config = config_of({route("iris", Protocol::KServeV1)});
  const Router router(config);
  for (const char* path : {"/v1/models", "/v1/models/iris:classify", "/v1/models/iris:regress", "/v1/models/:predict",
                           "/v1/models/%3Apredict", "/v1/models/iris/:predict", "/v1/models/iris:predict/",
                           "/v1/models/iris:Predict", "/v1/models/iris:predict:", "/v1/models/iris:",
                           "/v1/models/iris/labels/canary:predict", "/v1/models/iris/versions",
                           "/v1/models/iris::predict", "/v1/models/iris%253Apredict", "/v1/models/iris:predic%74x"}) {
    for (const char* method : {"GET", "POST"}) {
      EXPECT_EQ(refusal(router.match("h", method, path)), Reason::RouteNotFound) << method << ' ' << path;
    }
  }
  EXPECT_EQ(refusal(router.match("h", "GET", "/v1/models/iris:predict")), Reason::MethodNotAllowed);
  EXPECT_EQ(router.allowed_methods("h", "/v1/models/iris:predict"), "POST");
}

TEST(KServeV1Paths, ReadTheColonAsTheModelServerWould) {
  const auto config = config_of({route("iris", Protocol::KServeV1)});
  const Router router(config);
  for (const char* path : {"/v1/models/iris%3Apredict", "/v1/models/iris%3apredict", "/v1/models/%69ris:predic%74",
                           "/v1/models/iris%3A%70redict"}) {
    EXPECT_EQ(only(router.match("h", "POST", path)), 0) << path;
  }
  const auto match = router.match("h", "POST", "/v1/models/iris/versions/v2%3Apredict");
  ASSERT_EQ(only(match), 0);
  EXPECT_EQ(match->version, "v2");
}

TEST(KServeV1Paths, TakeTheLastColonForTheVerb) {
  const auto config = config_of({route("iris", Protocol::KServeV1), route("org:iris", Protocol::KServeV1),
                                 route("x:predict", Protocol::KServeV1)});
  const Router router(config);
  EXPECT_EQ(only(router.match("h", "POST", "/v1/models/org:iris:predict")), 1);
  EXPECT_EQ(only(router.match("h", "POST", "/v1/models/org%3Airis:predict")), 1);
  EXPECT_EQ(only(router.match("h", "POST", "/v1/models/org:iris%3Apredict")), 1);
  EXPECT_EQ(only(router.match("h", "GET", "/v1/models/org:iris")), 1);
  EXPECT_EQ(only(router.match("h", "POST", "/v1/models/x:predict:predict")), 2);
  const auto match = router.match("h", "POST", "/v1/models/org:iris/versions/a:b:predict");
  ASSERT_EQ(only(match), 1);
  EXPECT_EQ(match->version, "a:b");
}

TEST(MLflowPaths, NameNoModelSoAHostHasOneRoute) {
  const auto config = config_of({mlflow(), mlflow(), at(mlflow(), {"a.example"})});
  const Router router(config);
  expect_all(router, {
                         {"POST", "/invocations", Operation::Infer, ""},
                         {"GET", "/ping", Operation::Ready, ""},
                         {"GET", "/health", Operation::Ready, ""},
                         {"HEAD", "/version", Operation::Metadata, ""},
                     });
  EXPECT_EQ(only(router.match("a.example", "POST", "/invocations")), 2);
  EXPECT_EQ(refusal(router.match("h", "GET", "/invocations")), Reason::MethodNotAllowed);
  for (const char* path : {"/invocations/", "/invocations/x", "/metrics", "/", "/Ping"}) {
    EXPECT_EQ(refusal(router.match("h", "POST", path)), Reason::RouteNotFound) << path;
  }
}

TEST(TorchServePaths, AreThoseOfItsInferenceInterface) {
  const auto config = config_of({route("resnet", Protocol::TorchServe), route("bert", Protocol::TorchServe)});
  const Router router(config);
  expect_all(router, {
                         {"POST", "/predictions/resnet", Operation::Infer, ""},
                         {"POST", "/predictions/resnet/1.0", Operation::Infer, "1.0"},
                         {"POST", "/explanations/resnet", Operation::Infer, ""},
                         {"POST", "/explanations/resn%65t/1.0", Operation::Infer, "1.0"},
                     });
  const auto ping = router.match("h", "GET", "/ping");
  ASSERT_TRUE(ping.ok());
  EXPECT_EQ(ping->operation, Operation::Ready);
  EXPECT_EQ(ping->candidates.size(), 2u);
  EXPECT_EQ(ping->candidates.front(), 0u);
  for (const char* path :
       {"/models/resnet", "/predictions", "/predictions/resnet/1.0/x", "/predictions/other", "/api"}) {
    EXPECT_EQ(refusal(router.match("h", "POST", path)), Reason::RouteNotFound) << path;
  }
}

TEST(SharedPaths, BelongToTheProtocolThatHasARouteForThem) {
  const auto config = config_of({route("gpt", Protocol::OpenAI), route("iris", Protocol::KServeV1),
                                 route("both", Protocol::OpenAI), route("both", Protocol::KServeV1)});
  const Router router(config);
  EXPECT_EQ(only(router.match("h", "GET", "/v1/models/gpt")), 0);
  EXPECT_EQ(router.match("h", "GET", "/v1/models/gpt")->operation, Operation::Metadata);
  EXPECT_EQ(only(router.match("h", "GET", "/v1/models/iris")), 1);
  EXPECT_EQ(router.match("h", "GET", "/v1/models/iris")->operation, Operation::Ready);
  EXPECT_EQ(only(router.match("h", "GET", "/v1/models/both")), 3);
  EXPECT_EQ(refusal(router.match("h", "GET", "/v1/models/none")), Reason::RouteNotFound);
  EXPECT_TRUE(router.match("h", "GET", "/v1/models")->list_models);
  EXPECT_EQ(only(router.match("h", "POST", "/v1/models/both:predict")), 3);
}

TEST(SharedPaths, GoToTheHostsOwnRouteBeforeAnotherProtocolsOfAnyHost) {
  const auto config = config_of({mlflow(), at(route("resnet", Protocol::TorchServe), {"t.example"}),
                                 at(mlflow(), {"m.example"}), at(route("r", Protocol::TorchServe), {"m.example"})});
  const Router router(config);
  EXPECT_EQ(only(router.match("t.example", "GET", "/ping")), 1);
  EXPECT_EQ(only(router.match("m.example", "GET", "/ping")), 2);
  EXPECT_EQ(only(router.match("other.example", "GET", "/ping")), 0);
  EXPECT_EQ(only(router.match("t.example", "GET", "/health")), 0);
}

TEST(ErrorShape, IsTheProtocolsOwn) {
  EXPECT_EQ(error_shape(Protocol::OpenInferenceV2), http::ErrorShape::OpenInferenceV2);
  EXPECT_EQ(error_shape(Protocol::KServeV1), http::ErrorShape::KServeV1);
  EXPECT_EQ(error_shape(Protocol::OpenAI), http::ErrorShape::OpenAI);
  EXPECT_EQ(error_shape(Protocol::MLflow), http::ErrorShape::MLflow);
  EXPECT_EQ(error_shape(Protocol::TorchServe), http::ErrorShape::TorchServe);
  EXPECT_EQ(error_shape(Protocol::Generic), http::ErrorShape::Problem);
}

}  // namespace
}  // namespace mlgateway::protocol
