#include "sidecar/protocol/router.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sidecar/protocol/generic.hpp"
#include "tests/sidecar/config/routes.hpp"

namespace mlgateway::protocol {
namespace {

using config::config_of;
using config::PathType;
using config::Protocol;
using config::route;

config::Route at(config::Route made, std::vector<std::string> hostnames) {
  made.hostnames = std::move(hostnames);
  return made;
}

config::Route generic(std::string name, std::vector<config::GenericPath> paths) {
  auto made = route(std::move(name), Protocol::Generic);
  made.paths = std::move(paths);
  return made;
}

std::vector<std::uint32_t> list(const Candidates& candidates) { return {candidates.begin(), candidates.end()}; }

// The one route a request means, or -1 with what went wrong left to the assertion on the error.
int only(const Result<Match>& match) {
  return match && match->candidates.size() == 1 ? static_cast<int>(match->candidates.front()) : -1;
}

Reason refusal(const Result<Match>& match) { return match ? Reason::Internal : match.error().reason; }

TEST(OpenInferencePaths, AreThoseOfTheSpecification) {
  const auto config = config_of({route("iris")});
  const Router router(config);
  struct Case {
    const char* method;
    const char* path;
    Operation operation;
    const char* version;
  };
  const Case cases[] = {
      {"POST", "/v2/models/iris/infer", Operation::Infer, ""},
      {"POST", "/v2/models/iris/versions/v2/infer", Operation::Infer, "v2"},
      {"GET", "/v2/models/iris", Operation::Metadata, ""},
      {"HEAD", "/v2/models/iris", Operation::Metadata, ""},
      {"GET", "/v2/models/iris/versions/v2", Operation::Metadata, "v2"},
      {"GET", "/v2/models/iris/ready", Operation::Ready, ""},
      {"GET", "/v2/models/iris/versions/v2/ready", Operation::Ready, "v2"},
      {"GET", "/v2/health/live", Operation::Ready, ""},
      {"HEAD", "/v2/health/ready", Operation::Ready, ""},
      {"GET", "/v2", Operation::Metadata, ""},
  };
  for (const Case& c : cases) {
    const auto match = router.match("any.example", c.method, c.path);
    ASSERT_EQ(only(match), 0) << c.method << ' ' << c.path;
    EXPECT_EQ(match->operation, c.operation) << c.path;
    EXPECT_EQ(match->version, c.version) << c.path;
    EXPECT_FALSE(match->model_in_body);
    EXPECT_FALSE(match->list_models);
  }
}

TEST(OpenInferencePaths, EverythingElseOfAModelServerDoesNotExist) {
  const auto config = config_of({route("iris")});
  const Router router(config);
  for (const char* path : {"/v2/models",
                           "/v2/repository/index",
                           "/v2/repository/models/iris/load",
                           "/v2/repository/models/iris/unload",
                           "/v2/models/iris/config",
                           "/v2/models/iris/stats",
                           "/v2/models/iris/infer/",
                           "/v2/models/iris/versions",
                           "/v2/models/iris/versions/v1/infer/x",
                           "/v2/",
                           "/v2/health",
                           "/metrics",
                           "/",
                           "/v2/models/other/infer",
                           "*",
                           "",
                           "/v2/models/iris/generate",
                           "/V2/models/iris/infer",
                           "/v2/models/iris/Infer",
                           "/docs"}) {
    for (const char* method : {"GET", "POST"}) {
      EXPECT_EQ(refusal(router.match("h", method, path)), Reason::RouteNotFound) << method << ' ' << path;
    }
    EXPECT_EQ(router.allowed_methods("h", path), "") << path;
  }
}

TEST(Router, TellsWhichMethodsAPathHas) {
  const auto config = config_of({route("iris"), route("chat", Protocol::OpenAI)});
  const Router router(config);
  EXPECT_EQ(refusal(router.match("h", "GET", "/v2/models/iris/infer")), Reason::MethodNotAllowed);
  EXPECT_EQ(router.allowed_methods("h", "/v2/models/iris/infer"), "POST");
  EXPECT_EQ(refusal(router.match("h", "DELETE", "/v2/models/iris")), Reason::MethodNotAllowed);
  EXPECT_EQ(router.allowed_methods("h", "/v2/models/iris"), "GET, HEAD");
  EXPECT_EQ(refusal(router.match("h", "GET", "/v1/chat/completions")), Reason::MethodNotAllowed);
  // Methods are case-sensitive, and a part of a name is no name.
  EXPECT_EQ(refusal(router.match("h", "post", "/v2/models/iris/infer")), Reason::MethodNotAllowed);
  EXPECT_EQ(refusal(router.match("h", "HEA", "/v2/models/iris")), Reason::MethodNotAllowed);
  EXPECT_EQ(refusal(router.match("h", "", "/v2/models/iris")), Reason::MethodNotAllowed);
}

TEST(Router, FindsAnEncodedModelAsTheModelServerWouldReadIt) {
  const auto config = config_of({route("iris-1"), route("org:tag")});
  const Router router(config);
  EXPECT_EQ(only(router.match("h", "POST", "/v2/models/iris%2D1/infer")), 0);
  EXPECT_EQ(only(router.match("h", "POST", "/v2/models/org%3atag/infer")), 1);
  EXPECT_EQ(only(router.match("h", "POST", "/v2/model%73/iris-1/infer")), 0);
  for (const char* path : {"/v2/models/iris%252D1/infer", "/v2/models/iris%2/infer", "/v2/models/iris%zz1/infer",
                           "/v2/models/iris-1%2Finfer", "/v2/models/iris-1%00/infer"}) {
    EXPECT_EQ(refusal(router.match("h", "POST", path)), Reason::RouteNotFound) << path;
  }
}

TEST(Router, TakesAModelCalledLikeAWordOfThePath) {
  const auto config = config_of({route("versions"), route("ready")});
  const Router router(config);
  const auto match = router.match("h", "POST", "/v2/models/versions/versions/v2/infer");
  ASSERT_EQ(only(match), 0);
  EXPECT_EQ(match->version, "v2");
  EXPECT_EQ(only(router.match("h", "GET", "/v2/models/ready/ready")), 1);
}

TEST(Router, AModelLongerThanAnyIsNotFound) {
  const std::string longest(253, 'm');
  const auto config = config_of({route(longest)});
  const Router router(config);
  EXPECT_EQ(only(router.match("h", "GET", "/v2/models/" + longest)), 0);
  EXPECT_EQ(only(router.match("h", "GET", "/v2/models/" + longest.substr(1) + "%6d")), 0);
  EXPECT_EQ(refusal(router.match("h", "GET", "/v2/models/" + longest + "%6d")), Reason::RouteNotFound);
  EXPECT_EQ(refusal(router.match("h", "GET", "/v2/models/" + longest + "mm%6d")), Reason::RouteNotFound);
}

TEST(OpenAiPaths, LeaveTheModelToTheBody) {
  const auto config = config_of({route("a", Protocol::OpenAI), route("iris"), route("b", Protocol::OpenAI)});
  const Router router(config);
  for (const char* path : {"/v1/chat/completions", "/v1/completions", "/v1/embeddings", "/v1/responses"}) {
    const auto match = router.match("h", "POST", path);
    ASSERT_TRUE(match.ok()) << path;
    EXPECT_EQ(list(match->candidates), (std::vector<std::uint32_t>{0, 2}));
    EXPECT_TRUE(match->model_in_body);
    EXPECT_EQ(match->operation, Operation::Infer);
  }
  EXPECT_EQ(refusal(router.match("h", "POST", "/v1/audio/speech")), Reason::RouteNotFound);
  EXPECT_EQ(refusal(router.match("h", "POST", "/v1/fine_tuning/jobs")), Reason::RouteNotFound);
}

TEST(OpenAiPaths, NameModelsWithSlashes) {
  const auto config = config_of({route("meta-llama/Llama-3", Protocol::OpenAI), route("gpt", Protocol::OpenAI)});
  const Router router(config);
  EXPECT_EQ(only(router.match("h", "GET", "/v1/models/meta-llama/Llama-3")), 0);
  EXPECT_EQ(only(router.match("h", "GET", "/v1/models/gpt")), 1);
  EXPECT_EQ(router.match("h", "GET", "/v1/models/gpt")->operation, Operation::Metadata);
  EXPECT_EQ(refusal(router.match("h", "GET", "/v1/models/meta-llama")), Reason::RouteNotFound);
}

TEST(OpenAiPaths, ListTheModelsOfTheHost) {
  const auto config = config_of({at(route("own", Protocol::OpenAI), {"a.example"}), route("shared", Protocol::OpenAI),
                                 at(route("other", Protocol::OpenAI), {"b.example"})});
  const Router router(config);
  const auto match = router.match("a.example", "GET", "/v1/models");
  ASSERT_TRUE(match.ok());
  EXPECT_TRUE(match->list_models);
  EXPECT_EQ(match->operation, Operation::ListModels);
  EXPECT_EQ(list(match->candidates), (std::vector<std::uint32_t>{0, 1}));
  EXPECT_EQ(list(router.match("c.example", "GET", "/v1/models")->candidates), (std::vector<std::uint32_t>{1}));
}

TEST(RouteOfModel, PrefersTheHostsOwnRoute) {
  const auto config = config_of({route("gpt", Protocol::OpenAI), at(route("gpt", Protocol::OpenAI), {"a.example"}),
                                 route("org/x", Protocol::OpenAI), route("iris")});
  const Router router(config);
  EXPECT_EQ(*router.route_of_model("A.example", "gpt"), 1u);
  EXPECT_EQ(*router.route_of_model("b.example", "gpt"), 0u);
  EXPECT_EQ(*router.route_of_model("a.example", "org/x"), 2u);
  for (const char* model : {"iris", "GPT", "", "unknown"}) {
    ASSERT_FALSE(router.route_of_model("a.example", model).ok()) << model;
    EXPECT_EQ(router.route_of_model("a.example", model).error().reason, Reason::ModelNotFound);
  }
}

TEST(Hosts, AreComparedWithoutCaseAndTrailingDot) {
  const auto config = config_of({at(route("iris"), {"iris.example.com", "other.example.com"})});
  const Router router(config);
  for (const char* host : {"iris.example.com", "IRIS.Example.COM", "iris.example.com.", "other.example.com"}) {
    EXPECT_EQ(only(router.match(host, "GET", "/v2/models/iris")), 0) << host;
  }
  const std::string endless(300, 'a');
  for (const std::string& host : {std::string("example.com"), std::string("x.iris.example.com"), std::string(),
                                  std::string("."), std::string("iris.example.com.."), endless}) {
    EXPECT_EQ(refusal(router.match(host, "GET", "/v2/models/iris")), Reason::RouteNotFound) << host;
  }
}

TEST(Hosts, PreferTheirOwnRouteForTheSameModel) {
  const auto config = config_of({route("iris"), at(route("iris"), {"a.example"}), route("rose")});
  const Router router(config);
  EXPECT_EQ(only(router.match("a.example", "GET", "/v2/models/iris")), 1);
  EXPECT_EQ(only(router.match("b.example", "GET", "/v2/models/iris")), 0);
  EXPECT_EQ(only(router.match("", "GET", "/v2/models/iris")), 0);
  EXPECT_EQ(only(router.match("a.example", "GET", "/v2/models/rose")), 2);
  EXPECT_EQ(list(router.match("a.example", "GET", "/v2")->candidates), (std::vector<std::uint32_t>{1, 0, 2}));
}

TEST(Hosts, AnOwnDeclaredPathComesBeforeAnyHostsProtocol) {
  const auto config =
      config_of({route("iris"), at(generic("all", {{PathType::Prefix, "/", {"POST", "GET"}}}), {"a.example"})});
  const Router router(config);
  EXPECT_EQ(only(router.match("a.example", "POST", "/v2/models/iris/infer")), 1);
  EXPECT_EQ(only(router.match("b.example", "POST", "/v2/models/iris/infer")), 0);
}

TEST(GenericPaths, MatchExactlyOrByWholeElementsTheLongestFirst) {
  const auto config = config_of({
      generic("exact", {{PathType::Exact, "/predict", {"POST"}}}),
      generic("prefix", {{PathType::Prefix, "/predict", {"POST", "GET"}}}),
      generic("deeper", {{PathType::Prefix, "/predict/fast/", {"POST"}}}),
  });
  const Router router(config);
  EXPECT_EQ(only(router.match("h", "POST", "/predict")), 0);
  EXPECT_EQ(only(router.match("h", "POST", "/predict/")), 1);
  EXPECT_EQ(only(router.match("h", "GET", "/predict/x")), 1);
  EXPECT_EQ(only(router.match("h", "POST", "/predict/fast")), 2);
  EXPECT_EQ(only(router.match("h", "POST", "/predict/fast/x/y")), 2);
  EXPECT_EQ(only(router.match("h", "POST", "/predict/faster")), 1);
  EXPECT_EQ(refusal(router.match("h", "POST", "/predictor")), Reason::RouteNotFound);
  EXPECT_EQ(refusal(router.match("h", "POST", "/")), Reason::RouteNotFound);
  EXPECT_EQ(refusal(router.match("h", "GET", "/predict")), Reason::MethodNotAllowed);
  EXPECT_EQ(router.allowed_methods("h", "/predict/x"), "POST, GET");
}

// Two routes with different keys may share a model server; an encoded letter must not lead to the laxer one.
TEST(GenericPaths, AreNotEscapedByEncodingALetter) {
  const auto config = config_of({generic("admin", {{PathType::Prefix, "/admin", {"POST"}}}),
                                 generic("all", {{PathType::Prefix, "/", {"POST"}}})});
  const Router router(config);
  EXPECT_EQ(only(router.match("h", "POST", "/%61dmin/x")), 0);
  EXPECT_EQ(only(router.match("h", "POST", "/%61dmin")), 0);
  EXPECT_EQ(only(router.match("h", "POST", "/%2561dmin")), 1);
  EXPECT_EQ(refusal(router.match("h", "POST", "/admin%2Fx")), Reason::RouteNotFound);
  EXPECT_EQ(only(router.match("h", "POST", "/%61dmin/" + std::string(3000, 'x'))), 0);
}

TEST(GenericPaths, ALongPathIsNotTakenForAnExactOne) {
  const std::string longest = "/" + std::string(kMaxDeclaredPath - 1, 'p');
  const auto config = config_of({generic("long", {{PathType::Exact, longest, {"POST"}}})});
  const Router router(config);
  EXPECT_EQ(only(router.match("h", "POST", longest)), 0);
  EXPECT_EQ(only(router.match("h", "POST", "/%70" + longest.substr(2))), 0);
  EXPECT_EQ(refusal(router.match("h", "POST", "/%70" + longest.substr(1))), Reason::RouteNotFound);
}

TEST(GenericPaths, TheFirstToDeclareAPathHasIt) {
  const auto config = config_of(
      {generic("first", {{PathType::Exact, "/p", {"POST"}}}), generic("second", {{PathType::Exact, "/p", {"GET"}}})});
  const Router router(config);
  EXPECT_EQ(only(router.match("h", "POST", "/p")), 0);
  EXPECT_EQ(refusal(router.match("h", "GET", "/p")), Reason::MethodNotAllowed);
}

TEST(Router, WithoutRoutesFindsNothing) {
  const config::GatewayConfig config;
  const Router router(config);
  for (const char* path : {"/v2", "/v1/models", "/v1/chat/completions", "/"}) {
    EXPECT_EQ(refusal(router.match("h", "GET", path)), Reason::RouteNotFound) << path;
  }
}

TEST(Router, FindsEachOfTenThousandRoutes) {
  std::vector<config::Route> routes;
  for (int i = 0; i < 10000; ++i) {
    auto made = route("m" + std::to_string(i), i % 2 == 0 ? Protocol::OpenInferenceV2 : Protocol::OpenAI);
    if (i % 3 == 0) made.hostnames = {"h" + std::to_string(i) + ".example"};
    routes.push_back(std::move(made));
  }
  const auto config = config_of(std::move(routes));
  const Router router(config);
  for (int i = 0; i < 10000; i += 2) {
    const std::string path = "/v2/models/" + config.routes[i].model + "/infer";
    ASSERT_EQ(only(router.match("h" + std::to_string(i) + ".example", "POST", path)), i);
  }
}

}  // namespace
}  // namespace mlgateway::protocol
