#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "operator/sidecars/sidecar_client.hpp"

namespace mlgateway::sidecars {
namespace {

TEST(SidecarState, SaysWhatTheSidecarRuns) {
  const State state = read_state(R"({"contract":1,"version":"0.1.0","workers":2,"draining":false,
    "config":{"hash":"abc","loadedTime":"2024-02-29T12:00:00Z","error":null},
    "routes":[{"namespace":"default","name":"iris","generation":3,"hash":"def","versions":[]}]})");
  EXPECT_EQ(state.config_hash, "abc");
  EXPECT_EQ(state.report, (api::SidecarReport{"", "", {{{"default", "iris"}, 3, "def"}}, {}, {}}));
}

TEST(SidecarState, SaysWhichQuotasRunAndWhatIsUsedOfThem) {
  const State state = read_state(R"({"config":{"hash":"abc","error":null},"routes":[],
    "quotas":[{"namespace":"default","name":"plans","generation":2,"hash":"ghi","limits":[
      {"tier":"gold","name":"daily","unit":"Cost","holds":"10.5","refused":3,"refusedLastHour":1,"granted":"7",
       "reserved":"0","fullest":{"owner":"alice","used":"7.25"},"top":[]},
      {"tier":"gold","name":"rate","unit":"Request","holds":"10000000000","refused":0,"refusedLastHour":0,
       "granted":"0","reserved":"0","fullest":null,"top":[]}]}]})");
  EXPECT_THAT(state.report.quotas, testing::ElementsAre(api::Loaded{{"default", "plans"}, 2, "ghi"}));
  const api::LimitUse daily{"gold", "daily", 10'500'000, 7'250'000, 3, 1};
  const api::LimitUse rate{"gold", "rate", config::kMostMillionths, 0, 0, 0};
  EXPECT_THAT(state.report.uses, testing::ElementsAre(api::QuotaUse{{"default", "plans"}, {daily, rate}}));
}

TEST(SidecarState, WithAnAmountThatIsNoneIsNotASidecars) {
  const State state = read_state(R"({"config":{"hash":"abc","error":null},"routes":[],
    "quotas":[{"namespace":"default","name":"plans","generation":2,"hash":"ghi","limits":[
      {"tier":"gold","name":"daily","holds":"ten","refused":0,"refusedLastHour":0,"fullest":null}]}]})");
  EXPECT_FALSE(state.report.unreachable.empty());
}

TEST(SidecarState, SaysWhyANewerConfigurationWasRefused) {
  const State state = read_state(R"({"config":{"hash":null,"loadedTime":null,
    "error":{"message":"gateway.v1.json: contract: must be 1","sinceTime":"2024-02-29T12:00:00Z"}},"routes":[]})");
  EXPECT_EQ(state.config_hash, "");
  EXPECT_EQ(state.report.config_error, "gateway.v1.json: contract: must be 1");
}

TEST(SidecarState, FromSomethingElseIsNone) {
  for (const char* body : {"", "<html>", "[]", "{}", "null", R"({"config":5,"routes":[]})", "\xff\xfe",
                           R"({"config":{"hash":"a","error":null},"routes":"none"})",
                           R"({"config":{"hash":"a","error":null},"routes":[7]})",
                           R"({"config":{"hash":"a","error":null},"routes":[],"quotas":{"a":1}})",
                           R"({"config":{"hash":"a","error":null},"routes":[
                             {"namespace":"a","name":"b","generation":"3","hash":"c"}]})",
                           R"({"config":{"hash":"a","error":{"message":7}},"routes":[]})"}) {
    EXPECT_FALSE(read_state(body).report.unreachable.empty()) << body;
  }
  EXPECT_FALSE(read_state(std::string(1'000'000, '[')).report.unreachable.empty());
}

TEST(SidecarState, WithNumbersThatCannotBeIsHeldToWhatCan) {
  const State state = read_state(R"({"config":{"hash":"a","error":null},"routes":[
      {"namespace":"a","name":"b","generation":-3,"hash":"c"}],
    "quotas":[{"namespace":"a","name":"q","generation":9223372036854775807,"hash":"h","limits":[
      {"tier":"t","name":"l","holds":"1","refused":-5,"refusedLastHour":9223372036854775807,"fullest":null}]}]})");
  EXPECT_EQ(state.report.routes.at(0).generation, 0);
  EXPECT_EQ(state.report.uses.at(0).limits.at(0).refused, 0);
  EXPECT_EQ(state.report.uses.at(0).limits.at(0).refused_last_hour, 1'000'000'000'000'000);
}

TEST(SidecarState, SaysNoMoreOfAnErrorThanFits) {
  std::string longest;
  for (int i = 0; i < 100'000; ++i) longest += "\u00e9";
  const nlohmann::json body = {{"config", {{"hash", "a"}, {"error", {{"message", "x" + longest}}}}},
                               {"routes", nlohmann::json::array()}};
  const std::string error = read_state(body.dump()).report.config_error;
  EXPECT_EQ(error.size(), 1023 + 3);
  EXPECT_TRUE(error.ends_with("\u00e9..."));
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
