#include "sidecar/protocol/upstream_target.hpp"

#include <gtest/gtest.h>

#include "tests/sidecar/config/routes.hpp"

namespace mlgateway::protocol {
namespace {

using config::Protocol;
using config::route;

// The target of a request for `path`, as the route it means sends it on.
std::string target(std::string_view path, std::string_view method = "POST", std::string_view query = "",
                   bool has_query = false) {
  const auto config = config::config_of({route("iris"), route("versions"), route("iris", Protocol::KServeV1),
                                         route("a:b", Protocol::KServeV1), route("iris", Protocol::TorchServe)});
  const Router router(config);
  const auto match = router.match("h", method, path);
  if (!match) return "no match";
  std::string out(method);
  append_upstream_target(out += ' ', *match, path, query, has_query);
  return out;
}

TEST(UpstreamTarget, IsThePathAsReceivedWithoutTheRoutesVersion) {
  EXPECT_EQ(target("/v2/models/iris/infer"), "POST /v2/models/iris/infer");
  EXPECT_EQ(target("/v2/models/iris/versions/v2/infer"), "POST /v2/models/iris/infer");
  EXPECT_EQ(target("/v2/models/iris/versions/v2/ready", "GET"), "GET /v2/models/iris/ready");
  EXPECT_EQ(target("/v2/models/iris/versions/v2", "GET"), "GET /v2/models/iris");
  EXPECT_EQ(target("/v2/models/%69ris/ver%73ions/v2/infer"), "POST /v2/models/%69ris/infer");
  EXPECT_EQ(target("/v2/models/versions/versions/versions/infer"), "POST /v2/models/versions/infer");
}

TEST(UpstreamTarget, KeepsTheVerbOfKServeV1) {
  EXPECT_EQ(target("/v1/models/iris:predict"), "POST /v1/models/iris:predict");
  EXPECT_EQ(target("/v1/models/iris/versions/v2:predict"), "POST /v1/models/iris:predict");
  EXPECT_EQ(target("/v1/models/a:b/versions/v2%3Aexplain"), "POST /v1/models/a:b%3Aexplain");
  EXPECT_EQ(target("/v1/models/iris/versions/v2", "GET"), "GET /v1/models/iris");
  EXPECT_EQ(target("/v1/models/iris/versions/v2/metadata", "GET"), "GET /v1/models/iris/metadata");
}

TEST(UpstreamTarget, DropsTheVersionBehindATorchServeModel) {
  EXPECT_EQ(target("/predictions/iris"), "POST /predictions/iris");
  EXPECT_EQ(target("/predictions/iris/1.0"), "POST /predictions/iris");
  EXPECT_EQ(target("/explanations/%69ris/1.0"), "POST /explanations/%69ris");
}

TEST(UpstreamTarget, KeepsTheQueryAndTheLackOfOne) {
  EXPECT_EQ(target("/v2/models/iris/infer", "POST", "a=1&b", true), "POST /v2/models/iris/infer?a=1&b");
  EXPECT_EQ(target("/v2/models/iris/infer", "POST", "", true), "POST /v2/models/iris/infer?");
  EXPECT_EQ(target("/v2/models/iris/versions/v2", "GET", "x", true), "GET /v2/models/iris?x");
}

}  // namespace
}  // namespace mlgateway::protocol
