#include "sidecar/admin/state.hpp"

#include <chrono>
#include <memory>

#include <gtest/gtest.h>

namespace mlgateway::admin {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

std::shared_ptr<const config::GatewayConfig> iris_config() {
  auto config = std::make_shared<config::GatewayConfig>();
  config->hash = "c0ffee";
  config::Route& route = config->routes.emplace_back();
  route.namespace_name = "default";
  route.name = "iris";
  route.generation = 4;
  route.hash = "beef";
  route.versions = {{"v1", {"127.0.0.1", 8080}, 90}, {"v2", {"127.0.0.1", 8081}, 10}};
  return config;
}

TEST(State, DescribesWhatIsInForceAndWhatItServed) {
  observe::Metrics metrics(2);
  metrics.worker(0).route("default", "iris").version("v1").record(200, 1ms, 0, 0);
  metrics.worker(1).route("default", "iris").version("v1").record(502, 1ms, 0, 0);
  metrics.worker(1).route("default", "iris").version("v1").in_flight.add();
  State state{.workers = 2, .draining = false, .config = {}};
  state.config.config = iris_config();
  state.config.loaded_time = WallTime{1500ms};

  EXPECT_EQ(describe(state, metrics), json::parse(R"({
    "contract": 1, "version": ")" MLGATEWAY_VERSION R"(", "workers": 2, "draining": false,
    "config": {"hash": "c0ffee", "loadedTime": "1970-01-01T00:00:01.500Z", "error": null},
    "routes": [{"namespace": "default", "name": "iris", "generation": 4, "hash": "beef", "versions": [
      {"name": "v1", "requests": 2, "errors": 1, "inFlight": 1},
      {"name": "v2", "requests": 0, "errors": 0, "inFlight": 0}]}]})"));
}

TEST(State, SaysWhatIsWrongWithANewerConfig) {
  State state;
  state.config.config = iris_config();
  state.config.error = "gateway.v1.json:/routes/0/model: want a string";
  state.config.error_since = WallTime{2s};
  const json described = describe(state, observe::Metrics(1));
  EXPECT_EQ(described["config"]["error"]["message"], "gateway.v1.json:/routes/0/model: want a string");
  EXPECT_EQ(described["config"]["error"]["sinceTime"], "1970-01-01T00:00:02.000Z");
  EXPECT_EQ(described["config"]["hash"], "c0ffee") << "the last good one stays";
}

TEST(State, IsCompleteBeforeAnyConfig) {
  const json described = describe(State{}, observe::Metrics(1));
  EXPECT_EQ(described["config"]["hash"], "");
  EXPECT_TRUE(described["config"]["loadedTime"].is_null());
  EXPECT_EQ(described["routes"], json::array());
}

}  // namespace
}  // namespace mlgateway::admin
