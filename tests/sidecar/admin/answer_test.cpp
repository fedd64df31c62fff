#include "sidecar/admin/answer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sidecar/config/digest.hpp"
#include "sidecar/observe/metrics.hpp"

namespace mlgateway::admin {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr std::string_view kToken = "0123456789abcdef0123456789abcdef";

Sources sources_with(std::optional<config::Digest> digest = config::sha256(kToken)) {
  Sources sources;
  sources.ready = [] { return true; };
  sources.not_ready_reason = [] { return std::string("draining"); };
  sources.state = [] { return json{{"workers", 2}}; };
  sources.config = [] { return json{{"routes", json::array()}}; };
  sources.token_digest = [digest] { return digest; };
  sources.metrics = std::make_shared<observe::Metrics>(1);
  return sources;
}

Answer get(std::string_view target, const Sources& sources = sources_with(),
           std::optional<std::string_view> authorization = std::nullopt) {
  return answer({"GET", target, authorization}, sources);
}

TEST(AdminAnswer, IsHealthyWhateverElseIsWrong) {
  Sources sources = sources_with();
  sources.ready = [] { return false; };
  EXPECT_EQ(get("/healthz", sources).status, 200);
}

TEST(AdminAnswer, IsReadyWhenTheSidecarIs) { EXPECT_EQ(get("/readyz").status, 200); }

TEST(AdminAnswer, SaysWhyItIsNotReady) {
  Sources sources = sources_with();
  sources.ready = [] { return false; };
  const Answer answered = get("/readyz", sources);
  EXPECT_EQ(answered.status, 503);
  EXPECT_EQ(answered.body, "draining\n");
}

TEST(AdminAnswer, ShowsMetricsAsPrometheusText) {
  const Answer answered = get("/metrics");
  EXPECT_EQ(answered.status, 200);
  EXPECT_EQ(answered.content_type, "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_THAT(answered.body, HasSubstr("\n# TYPE mlgateway_connections gauge\n"));
}

TEST(AdminAnswer, ShowsStateAndConfigToWhoHoldsTheToken) {
  const std::string bearer = "Bearer " + std::string(kToken);
  const Answer state = get("/state", sources_with(), bearer);
  EXPECT_EQ(state.status, 200);
  EXPECT_EQ(state.content_type, "application/json");
  EXPECT_EQ(json::parse(state.body)["workers"], 2);
  EXPECT_TRUE(json::parse(get("/config", sources_with(), bearer).body).contains("routes"));
}

TEST(AdminAnswer, TakesTheSchemeInAnyCase) {
  EXPECT_EQ(get("/state", sources_with(), "bearer " + std::string(kToken)).status, 200);
}

TEST(AdminAnswer, RefusesStateAndConfigWithoutTheToken) {
  for (const char* path : {"/state", "/config"}) {
    for (const char* authorization : {"", "Bearer", "Bearer ", "Bearer wrong", "Basic 0123456789abcdef0123456789abcdef",
                                      "0123456789abcdef0123456789abcdef", "Bearer 0123456789abcdef0123456789abcdef "}) {
      const Answer answered = get(path, sources_with(), authorization);
      EXPECT_EQ(answered.status, 401) << path << " " << authorization;
      EXPECT_EQ(answered.authenticate, "Bearer");
    }
    EXPECT_EQ(get(path).status, 401) << path;
  }
}

TEST(AdminAnswer, IsClosedToEverybodyWithoutADigest) {
  EXPECT_EQ(get("/state", sources_with(std::nullopt), "Bearer " + std::string(kToken)).status, 401);
}

TEST(AdminAnswer, AsksTheDigestAnewEachTime) {
  std::optional<config::Digest> digest;
  Sources sources = sources_with();
  sources.token_digest = [&] { return digest; };
  const std::string bearer = "Bearer " + std::string(kToken);
  EXPECT_EQ(get("/state", sources, bearer).status, 401);
  digest = config::sha256(kToken);
  EXPECT_EQ(get("/state", sources, bearer).status, 200);
}

struct Drain {
  int begun = 0;
  bool over = false;
  Sources sources = sources_with();
  Drain() {
    sources.drain_token_digest = config::sha256("pod's own");
    sources.begin_drain = [this] { ++begun; };
    sources.drained = [this] { return over; };
  }
};

TEST(AdminAnswer, AnswersWhoAsksForADrainWhenItIsOver) {
  Drain drain;
  const Answer answered = get("/drain", drain.sources, "Bearer pod's own");
  EXPECT_EQ(answered.status, 200);
  EXPECT_EQ(drain.begun, 1);
  EXPECT_FALSE(answered.due());
  drain.over = true;
  EXPECT_TRUE(answered.due());
}

TEST(AdminAnswer, DrainsForNobodyWithoutThePodsToken) {
  Drain drain;
  const std::string admin = "Bearer " + std::string(kToken);
  for (const std::optional<std::string_view> token : {std::optional<std::string_view>{}, {"Bearer "}, {admin}}) {
    EXPECT_EQ(get("/drain", drain.sources, token).status, 401);
  }
  EXPECT_EQ(answer({"HEAD", "/drain", "Bearer pod's own"}, drain.sources).status, 405);
  EXPECT_EQ(drain.begun, 0);
  EXPECT_EQ(get("/drain", sources_with(), admin).status, 404);
}

TEST(AdminAnswer, DoesNotKnowOtherPaths) {
  for (const char* path : {"/", "", "/metrics/", "/Metrics", "/healthz/x", "*", "/v2/models/iris/infer"}) {
    EXPECT_EQ(get(path).status, 404) << path;
  }
}

TEST(AdminAnswer, OverlooksAQuery) { EXPECT_EQ(get("/healthz?verbose=1").status, 200); }

TEST(AdminAnswer, OnlyShows) {
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "get"}) {
    const Answer answered = answer({method, "/metrics", {}}, sources_with());
    EXPECT_EQ(answered.status, 405) << method;
    EXPECT_EQ(answered.allow, "GET, HEAD");
  }
}

TEST(AdminAnswer, ReplacesWhatIsNoUtf8) {
  Sources sources = sources_with();
  sources.state = [] { return json{{"message", "a\xff"}}; };
  EXPECT_THAT(get("/state", sources, "Bearer " + std::string(kToken)).body, HasSubstr("a\xef\xbf\xbd"));
}

}  // namespace
}  // namespace mlgateway::admin
