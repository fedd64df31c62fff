#include <gtest/gtest.h>

#include "operator/sidecars/sidecar_client.hpp"

namespace mlgateway::sidecars {
namespace {

TEST(SidecarState, SaysWhatTheSidecarRuns) {
  const State state = read_state(R"({"contract":1,"version":"0.1.0","workers":2,"draining":false,
    "config":{"hash":"abc","loadedTime":"2024-02-29T12:00:00Z","error":null},
    "routes":[{"namespace":"default","name":"iris","generation":3,"hash":"def","versions":[]}]})");
  EXPECT_EQ(state.config_hash, "abc");
  EXPECT_EQ(state.report, (api::SidecarReport{"", "", {{{"default", "iris"}, 3, "def"}}}));
}

TEST(SidecarState, SaysWhyANewerConfigurationWasRefused) {
  const State state = read_state(R"({"config":{"hash":null,"loadedTime":null,
    "error":{"message":"gateway.v1.json: contract: must be 1","sinceTime":"2024-02-29T12:00:00Z"}},"routes":[]})");
  EXPECT_EQ(state.config_hash, "");
  EXPECT_EQ(state.report.config_error, "gateway.v1.json: contract: must be 1");
}

TEST(SidecarState, FromSomethingElseIsNone) {
  for (const char* body : {"", "<html>", "[]", "{}", R"({"config":5,"routes":[]})"}) {
    EXPECT_FALSE(read_state(body).report.unreachable.empty()) << body;
  }
}

TEST(SidecarUrl, IsAnHttpAddressAndNothingMore) {
  EXPECT_EQ(url_fault("http://127.0.0.1:9901"), "");
  EXPECT_EQ(url_fault("http://localhost:9901/"), "");
  for (const char* url :
       {"", "127.0.0.1:9901", "https://a:1", "http://a", "http://u@a:1", "http://a:1/state", "http://a:1/?x"}) {
    EXPECT_NE(url_fault(url), "") << url;
  }
}

}  // namespace
}  // namespace mlgateway::sidecars
