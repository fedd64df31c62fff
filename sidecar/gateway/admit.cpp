// Step 8: the cost is reserved against every limit that applies, or the request is refused.
#include "sidecar/gateway/gateway.hpp"
#include "sidecar/limits/cost.hpp"
#include "sidecar/limits/rate_limit_fields.hpp"

namespace mlgateway::gateway {
namespace {

Error refused(const limits::RouteQuotas& quotas, Bill& bill) {
  const limits::Refusal& refusal = *bill.refusal;
  if (refusal.limit == nullptr) return {refusal.reason, "the ledger holds its maximum of accounts"};
  const std::string& policy = quotas.policy_of({.tier = refusal.tier, .limit = refusal.limit}).name;
  const std::string& tier = refusal.tier->tier->name;
  bill.violated = {policy};
  bill.refused_by = refusal.tier->quota->name + "." + tier + "." + refusal.limit->name;
  const std::string words = "limit \"" + policy + "\" of tier \"" + tier + "\"";
  return {refusal.reason, "limit " + bill.refused_by, words};
}

}  // namespace

Status Gateway::admit(Exchange& exchange) {
  if (!exchange.predicts()) return Done{};
  const Recall& recall = exchange.recall;
  // A call that is under way will most likely be joined; share() makes up for it where it is over by then.
  const bool cheap = recall.kept || (recall.key && commons_.flights().under_way(*recall.key));
  const limits::Amount full = exchange.bill.full;
  return reserve(exchange, cheap ? limits::hit_cost(exchange.config().cost, full) : full);
}

Status Gateway::reserve(Exchange& exchange, limits::Amount cost) {
  Bill& bill = exchange.bill;
  bill.charged = cost;
  const limits::RouteQuotas& quotas = exchange.route->setup.quotas;
  if (quotas.empty()) return Done{};
  if (const Status tiers = quotas.claims_of(exchange.principal, claims_); !tiers) return tiers;
  const limits::Charge charge{.requests = config::kOne, .cost = cost};
  bill.refusal = commons_.ledger().reserve(claims_.claims, charge, exchange.loop().now(), bill.reservation, standings_);
  limits::append_rate_limit_fields(bill.limits_told, quotas, standings_);
  if (exchange.shape == http::ErrorShape::OpenAI) limits::append_openai_fields(bill.limits_told, standings_);
  if (bill.refusal) return refused(quotas, bill);
  return Done{};
}

// Who reserved as a follower has to make a call after all.
Status Gateway::pay_in_full(Exchange& exchange) {
  Bill& bill = exchange.bill;
  const limits::Amount missing = bill.full - bill.charged.value_or(0);
  if (missing <= 0) return Done{};
  if (bill.reservation.open()) {
    bill.refusal = bill.reservation.raise(missing, exchange.loop().now());
    if (bill.refusal) return refused(exchange.route->setup.quotas, bill);
  }
  bill.charged = bill.full;
  return Done{};
}

void Gateway::pay_as_hit(Exchange& exchange) {
  exchange.bill.charged = limits::hit_cost(exchange.config().cost, exchange.bill.full);
}

}  // namespace mlgateway::gateway
