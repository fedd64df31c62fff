#include "sidecar/limits/rate_limit_fields.hpp"

#include <gtest/gtest.h>

#include "tests/sidecar/limits/quotas.hpp"

namespace mlgateway::limits {
namespace {

using config::LimitUnit;

// The fields after one request of a caller, on a route with these quotas.
class Told {
 public:
  explicit Told(std::vector<config::Quota> quotas, std::string_view unit = "credits") {
    route_.namespace_name = "models";
    route_.cost.unit = unit;
    for (const config::Quota& each : quotas) route_.quotas.push_back(each.name);
    config_.quotas = std::move(quotas);
    quotas_.emplace(config_, route_, ledger_);
  }

  Told& after(Amount cost, Instant now = kNoon) {
    const auth::Principal principal{.method = "everyone", .anonymous = true};
    RouteQuotas::Claims claims;
    EXPECT_TRUE(quotas_->claims_of(principal, claims).ok());
    Reservation reservation;
    refusal = ledger_.reserve(claims.claims, {.cost = cost}, now, reservation, standings);
    return *this;
  }

  std::string rate_limit() const {
    std::string out;
    append_rate_limit_fields(out, *quotas_, standings);
    return out;
  }
  std::string openai() const {
    std::string out;
    append_openai_fields(out, standings);
    return out;
  }
  std::string retry_after() const {
    std::string out;
    append_retry_after(out, *refusal);
    return out;
  }

  std::optional<Refusal> refusal;
  std::vector<Standing> standings;

 private:
  Ledger ledger_;
  config::Route route_;
  config::GatewayConfig config_;
  std::optional<RouteQuotas> quotas_;
};

TEST(RateLimitFields, TellABudgetAndItsWindow) {
  Told told({quota("plans", {budget("daily", units(1000), 24h)})});
  EXPECT_EQ(told.after(0).rate_limit(),
            "ratelimit-policy: \"daily\";q=1000;w=86400\r\nratelimit: \"daily\";r=999;t=87840\r\n");
}

TEST(RateLimitFields, TellARateByItsBurstAndTheTimeThatFillsIt) {
  Told told({quota("plans", {rate("burst", units(50), 1s, units(120))})});
  EXPECT_EQ(told.after(0).rate_limit(), "ratelimit-policy: \"burst\";q=120;w=3\r\nratelimit: \"burst\";r=119;t=1\r\n");
}

TEST(RateLimitFields, SayAtLeastOneSecond) {
  Told told({quota("plans", {rate("burst", units(1000), 1s, units(5))})});
  EXPECT_EQ(told.after(0).rate_limit(), "ratelimit-policy: \"burst\";q=5;w=1\r\nratelimit: \"burst\";r=4;t=1\r\n");
}

TEST(RateLimitFields, LeaveOutTheTimeOfALimitThatIsFull) {
  Told told({quota("plans", {budget("credits", units(9), 1h, LimitUnit::Cost)})});
  EXPECT_EQ(told.after(0).rate_limit(),
            "ratelimit-policy: \"credits\";q=9;w=3600;mlgateway-unit=\"credits\"\r\nratelimit: \"credits\";r=9\r\n");
}

TEST(RateLimitFields, RoundWhatIsLeftDownToWholeUnits) {
  Told told({quota("plans", {budget("credits", units(9) + 900'000, 1h, LimitUnit::Cost)})});
  EXPECT_EQ(
      told.after(1).rate_limit(),
      "ratelimit-policy: \"credits\";q=9;w=3600;mlgateway-unit=\"credits\"\r\nratelimit: \"credits\";r=9;t=3660\r\n");
  EXPECT_NE(told.after(900'000).rate_limit().find(";r=8;"), std::string::npos);
}

TEST(RateLimitFields, NameTheQuotaWhereSeveralApply) {
  Told told({quota("plans", {budget("daily", units(5), 24h)}), quota("house", {budget("daily", units(7), 24h)})});
  EXPECT_EQ(told.after(0).rate_limit(),
            "ratelimit-policy: \"plans.daily\";q=5;w=86400, \"house.daily\";q=7;w=86400\r\n"
            "ratelimit: \"plans.daily\";r=4;t=87840, \"house.daily\";r=6;t=87840\r\n");
}

TEST(RateLimitFields, AreNotThereWithoutAQuota) { EXPECT_EQ(Told({}).after(0).rate_limit(), ""); }

TEST(RateLimitFields, EscapeStrings) {
  Told told({quota("plans", {budget("a\"b\\c", units(5), 24h, LimitUnit::Cost)})}, "\x7f\xc3\xa9\n");
  EXPECT_EQ(told.after(0).rate_limit(),
            "ratelimit-policy: \"a\\\"b\\\\c\";q=5;w=86400;mlgateway-unit=\"????\"\r\n"
            "ratelimit: \"a\\\"b\\\\c\";r=5\r\n");
}

TEST(RateLimitFields, KeepIntegersToFifteenDigits) {
  Told told({quota("plans", {rate("burst", 1, 24h, config::kMostMillionths)})});
  EXPECT_NE(told.after(0).rate_limit().find(";q=10000000000;w=999999999999999"), std::string::npos);
}

TEST(RateLimitFields, NeverSayATimeLaterThanRetryAfter) {
  Told told({quota("plans", {rate("burst", units(1), 10s, units(1)), budget("daily", units(5), 24h)})});
  told.after(0);
  EXPECT_EQ(told.after(0, kNoon + 2500ms).retry_after(), "retry-after: 8\r\n");
  EXPECT_EQ(told.rate_limit(),
            "ratelimit-policy: \"burst\";q=1;w=10, \"daily\";q=5;w=86400\r\n"
            "ratelimit: \"burst\";r=0;t=8, \"daily\";r=4\r\n");
}

TEST(RetryAfter, IsAtLeastASecond) {
  EXPECT_EQ(Told({quota("plans", {rate("burst", units(1), 10ms, units(1))})}).after(0).after(0).retry_after(),
            "retry-after: 1\r\n");
}

TEST(RetryAfter, IsNotThereWhereWaitingDoesNotHelp) {
  Told told({quota("plans", {budget("credits", units(5), 24h, LimitUnit::Cost)})});
  EXPECT_EQ(told.after(units(6)).retry_after(), "");
}

TEST(OpenAiFields, TellTheTightestLimitInRequests) {
  Told told({quota("plans", {budget("daily", units(1000), 24h), rate("burst", units(1), 1min, units(7)),
                             budget("credits", units(1), 1h, LimitUnit::Cost)})});
  EXPECT_EQ(told.after(0).openai(),
            "x-ratelimit-limit-requests: 7\r\nx-ratelimit-remaining-requests: 6\r\n"
            "x-ratelimit-reset-requests: 1m0s\r\n");
}

TEST(OpenAiFields, AreNotThereWithoutALimitInRequests) {
  EXPECT_EQ(Told({quota("plans", {budget("credits", units(1), 1h, LimitUnit::Cost)})}).after(0).openai(), "");
  EXPECT_EQ(Told({}).after(0).openai(), "");
}

TEST(OpenAiFields, WriteDurationsAsGoDoes) {
  const config::Limit limit = budget("daily", units(5), 24h);
  const auto reset = [&](std::chrono::nanoseconds full_after) {
    const Standing standing{.tier = nullptr, .limit = &limit, .holds = units(5), .full_after = full_after};
    std::string out;
    append_openai_fields(out, {&standing, 1});
    return out.substr(out.rfind(' ') + 1);
  };
  EXPECT_EQ(reset(0ns), "0s\r\n");
  EXPECT_EQ(reset(1ns), "1ms\r\n");
  EXPECT_EQ(reset(999ms), "999ms\r\n");
  EXPECT_EQ(reset(999ms + 1ns), "1s\r\n");
  EXPECT_EQ(reset(59s + 1ns), "1m0s\r\n");
  EXPECT_EQ(reset(6min), "6m0s\r\n");
  EXPECT_EQ(reset(24h + 5s), "24h0m5s\r\n");
}

}  // namespace
}  // namespace mlgateway::limits
