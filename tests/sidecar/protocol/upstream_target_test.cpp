#include "sidecar/protocol/upstream_target.hpp"

#include <gtest/gtest.h>

namespace mlgateway::protocol {
namespace {

std::string target(std::string_view path, std::string_view version, std::string_view query = "",
                   bool has_query = false) {
  Match match;
  match.version = version;
  std::string out = "POST ";
  append_upstream_target(out, match, path, query, has_query);
  return out;
}

TEST(UpstreamTarget, IsThePathAsReceivedWithoutTheRoutesVersion) {
  EXPECT_EQ(target("/v2/models/iris/infer", ""), "POST /v2/models/iris/infer");
  EXPECT_EQ(target("/v2/models/iris/versions/v2/infer", "v2"), "POST /v2/models/iris/infer");
  EXPECT_EQ(target("/v2/models/iris/versions/v2/ready", "v2"), "POST /v2/models/iris/ready");
  EXPECT_EQ(target("/v2/models/iris/versions/v2", "v2"), "POST /v2/models/iris");
  EXPECT_EQ(target("/v2/models/%69ris/ver%73ions/v2/infer", "v2"), "POST /v2/models/%69ris/infer");
  EXPECT_EQ(target("/v2/models/versions/versions/versions/infer", "versions"), "POST /v2/models/versions/infer");
}

TEST(UpstreamTarget, KeepsTheQueryAndTheLackOfOne) {
  EXPECT_EQ(target("/p", "", "a=1&b", true), "POST /p?a=1&b");
  EXPECT_EQ(target("/p", "", "", true), "POST /p?");
  EXPECT_EQ(target("/v2/models/iris/versions/v2", "v2", "x", true), "POST /v2/models/iris?x");
}

}  // namespace
}  // namespace mlgateway::protocol
