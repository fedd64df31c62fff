#include "sidecar/gateway/settle.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace mlgateway::gateway {
namespace {

TEST(Settle, AnAnswerIsPaidUnlessTheModelFailed) {
  EXPECT_TRUE(is_paid({.status = 200, .error = {}, .reached_model = true}));
  EXPECT_TRUE(is_paid({.status = 404, .error = {}, .reached_model = true}));
  EXPECT_FALSE(is_paid({.status = 500, .error = {}, .reached_model = true}));
  EXPECT_FALSE(is_paid({.status = 503, .error = {}, .reached_model = true}));
}

TEST(Settle, AnAnswerFromTheCacheIsPaidThoughNoModelWasAsked) {
  EXPECT_TRUE(is_paid({.status = 200, .error = {}, .reached_model = false}));
}

TEST(Settle, WhoLeavesOrIsTooSlowPaysForWhatHeBegan) {
  for (const Reason reason : {Reason::ClientClosed, Reason::ClientTooSlow, Reason::CallerDeadline, Reason::SlowRequest,
                              Reason::BodyTooLarge}) {
    EXPECT_TRUE(is_paid({.status = 499, .error = reason, .reached_model = true})) << name(reason);
    EXPECT_FALSE(is_paid({.status = 499, .error = reason, .reached_model = false})) << name(reason);
  }
}

TEST(Settle, NobodyPaysForTheModelsFailureOrTheRoutesOwnTime) {
  for (const Reason reason :
       {Reason::UpstreamUnreachable, Reason::UpstreamConnectTimeout, Reason::UpstreamFirstByteTimeout,
        Reason::UpstreamMalformed, Reason::UpstreamClosed, Reason::RequestTimeout, Reason::StreamIdleTimeout}) {
    EXPECT_FALSE(is_paid({.status = 502, .error = reason, .reached_model = true})) << name(reason);
  }
}

class SettledBill : public testing::Test {
 protected:
  // A budget of ten, of which a request has reserved `cost`.
  Bill reserve(limits::Amount cost) {
    Bill bill;
    bill.full = cost;
    bill.charged = cost;
    const limits::Claim claim{&tier_, "somebody"};
    const limits::Charge charge{.requests = config::kOne, .cost = cost};
    EXPECT_FALSE(ledger_.reserve({&claim, 1}, charge, Instant{}, bill.reservation, standings_));
    return bill;
  }
  limits::Amount used() const { return ledger_.use(tier_.ids[0], Instant{}).fullest_used; }
  limits::Amount reserved() const { return ledger_.use(tier_.ids[0], Instant{}).reserved; }

  const config::Quota quota_{
      .namespace_name = "default",
      .name = "plans",
      .generation = 1,
      .hash = "",
      .enforcement = config::Enforcement::Enforce,
      .tiers = {{.name = "free",
                 .key_labels = {},
                 .scope = config::QuotaScope::Principal,
                 .limits = {{.name = "daily",
                             .unit = config::LimitUnit::Cost,
                             .rate = {},
                             .budget = config::Budget{10 * config::kOne, config::Milliseconds(86400000)}}}}}};
  limits::Ledger ledger_;
  const limits::LedgerTier tier_ = ledger_.enrol(quota_, quota_.tiers[0]);
  std::vector<limits::Standing> standings_;
};

TEST_F(SettledBill, KeepsWhatIsPaid) {
  Bill bill = reserve(3 * config::kOne);
  settle(bill, true);
  EXPECT_EQ(used(), 3 * config::kOne);
  EXPECT_EQ(reserved(), 0);
  EXPECT_EQ(bill.charged, 3 * config::kOne);
}

TEST_F(SettledBill, PaysLessThanWasReservedWhenItTurnedOutAHit) {
  Bill bill = reserve(3 * config::kOne);
  bill.charged = config::kOne;
  settle(bill, true);
  EXPECT_EQ(used(), config::kOne);
}

TEST_F(SettledBill, GivesBackWhatIsNotPaid) {
  Bill bill = reserve(3 * config::kOne);
  settle(bill, false);
  EXPECT_EQ(used(), 0);
  EXPECT_EQ(reserved(), 0);
  EXPECT_EQ(bill.charged, 0);
}

}  // namespace
}  // namespace mlgateway::gateway
