#include "sidecar/admin/state.hpp"

#include <chrono>
#include <memory>

#include <gtest/gtest.h>

#include "sidecar/limits/tiers.hpp"

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
  gateway::Commons commons(10);
  metrics.worker(0).route("default", "iris").version("v1").record(200, 1ms, 0, 0);
  metrics.worker(1).route("default", "iris").version("v1").record(502, 1ms, 0, 0);
  metrics.worker(1).route("default", "iris").version("v1").in_flight.add();
  State state{.workers = 2, .draining = false, .config = {}};
  state.config.config = iris_config();
  state.config.loaded_time = WallTime{1500ms};

  EXPECT_EQ(describe(state, metrics, commons, Instant{}), json::parse(R"({
    "contract": 1, "version": ")" MLGATEWAY_VERSION R"(", "workers": 2, "draining": false,
    "config": {"hash": "c0ffee", "loadedTime": "1970-01-01T00:00:01.500Z", "error": null},
    "routes": [{"namespace": "default", "name": "iris", "generation": 4, "hash": "beef", "versions": [
      {"name": "v1", "requests": 2, "errors": 1, "inFlight": 1},
      {"name": "v2", "requests": 0, "errors": 0, "inFlight": 0}],
      "cache": null}], "quotas": [], "keys": [], "accounts": 0, "journal": null})"));
}

TEST(State, SaysWhatIsWrongWithANewerConfig) {
  gateway::Commons commons(10);
  State state;
  state.config.config = iris_config();
  state.config.error = "gateway.v1.json:/routes/0/model: want a string";
  state.config.error_since = WallTime{2s};
  const json described = describe(state, observe::Metrics(1), commons, Instant{});
  EXPECT_EQ(described["config"]["error"]["message"], "gateway.v1.json:/routes/0/model: want a string");
  EXPECT_EQ(described["config"]["error"]["sinceTime"], "1970-01-01T00:00:02.000Z");
  EXPECT_EQ(described["config"]["hash"], "c0ffee") << "the last good one stays";
}

TEST(State, IsCompleteBeforeAnyConfig) {
  gateway::Commons commons(10);
  const json described = describe(State{}, observe::Metrics(1), commons, Instant{});
  EXPECT_EQ(described["config"]["hash"], "");
  EXPECT_TRUE(described["config"]["loadedTime"].is_null());
  EXPECT_EQ(described["routes"], json::array());
  EXPECT_EQ(described["quotas"], json::array());
}

TEST(State, TellsOfTheKeysThatAreFetched) {
  gateway::Commons commons(10);
  State state;
  state.keys = {
      {.issuer = "https://a.example/", .url = "https://a.example/keys", .keys = 2, .last_fetched = Instant{7s}},
      {.issuer = "https://b.example/", .url = "https://b.example/keys", .error = "the answer is 500, not 200"}};
  EXPECT_EQ(describe(state, observe::Metrics(1), commons, Instant{9500ms})["keys"], json::parse(R"([
    {"issuer": "https://a.example/", "url": "https://a.example/keys", "keys": 2, "ageSeconds": 2.5, "error": null},
    {"issuer": "https://b.example/", "url": "https://b.example/keys", "keys": 0, "ageSeconds": null,
     "error": "the answer is 500, not 200"}])"));
}

TEST(State, TellsHowTheJournalFares) {
  gateway::Commons commons(10);
  State state;
  state.journal = {.restored = 3, .torn_bytes = 4, .write_errors = 5, .bytes = 6, .last_write = WallTime{2s}};
  EXPECT_EQ(describe(state, observe::Metrics(1), commons, Instant{})["journal"],
            json::parse(R"({"restored": 3, "tornBytes": 4, "writeErrors": 5, "bytes": 6,
                            "lastWriteTime": "1970-01-01T00:00:02.000Z"})"));
  state.journal->last_write = std::nullopt;
  EXPECT_TRUE(describe(state, observe::Metrics(1), commons, Instant{})["journal"]["lastWriteTime"].is_null());
}

// A budget of ten requests, of which alice has used three.
class QuotaState : public testing::Test {
 protected:
  QuotaState() {
    auto config = std::make_shared<config::GatewayConfig>(*iris_config());
    config::Quota& quota = config->quotas.emplace_back();
    quota.namespace_name = "default";
    quota.name = "plans";
    quota.generation = 7;
    quota.hash = "feed";
    config::Tier& tier = quota.tiers.emplace_back();
    tier.name = "free";
    tier.limits = {{"daily", config::LimitUnit::Request, {}, config::Budget{10 * config::kOne, 24h}}};
    state_.config.config = config;
    const auto enrolled = commons_.ledger().enrol(quota, tier);
    std::string owner;
    limits::append_owner(owner, config::QuotaScope::Principal, {.method = "keys", .issuer = "users", .name = "alice"});
    const limits::Claim claim{&enrolled, owner};
    std::vector<limits::Standing> standings;
    for (int i = 0; i < 3; ++i) {
      limits::Reservation reservation;
      EXPECT_FALSE(commons_.ledger().reserve({&claim, 1}, {}, Instant{}, reservation, standings));
      reservation.settle();
    }
  }

  gateway::Commons commons_{10};
  State state_;
};

TEST_F(QuotaState, TellsWhoHasUsedHowMuchOfWhat) {
  const json described = describe(state_, observe::Metrics(1), commons_, Instant{});
  EXPECT_EQ(described["accounts"], 1);
  const json& quota = described["quotas"][0];
  EXPECT_EQ(quota["name"], "plans");
  EXPECT_EQ(quota["generation"], 7);
  EXPECT_EQ(quota["hash"], "feed");
  const json& limit = quota["limits"][0];
  EXPECT_EQ(limit["tier"], "free");
  EXPECT_EQ(limit["name"], "daily");
  EXPECT_EQ(limit["holds"], "10");
  EXPECT_EQ(limit["granted"], "3");
  EXPECT_EQ(limit["reserved"], "0");
  EXPECT_EQ(limit["refused"], 0);
  EXPECT_EQ(limit["fullest"]["used"], "3");
  EXPECT_NE(limit["fullest"]["owner"].get<std::string>().find("alice"), std::string::npos);
  EXPECT_EQ(limit["top"].size(), 1u);
}

}  // namespace
}  // namespace mlgateway::admin
