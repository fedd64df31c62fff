#include "sidecar/admin/commons_metrics.hpp"

#include <string>
#include <utility>

#include "sidecar/observe/families.hpp"

namespace mlgateway::admin {
namespace {

using observe::add_counter;
using observe::add_gauge;
using prometheus::MetricFamily;

double whole(limits::Amount amount) { return static_cast<double>(amount) / static_cast<double>(config::kOne); }

double number(std::uint64_t count) { return static_cast<double>(count); }

struct QuotaFamilies {
  MetricFamily refused =
      observe::counters("mlgateway_quota_refusals_total", "Requests that a limit refused, or would have in a dry run.");
  MetricFamily granted =
      observe::gauges("mlgateway_quota_granted", "What a limit has granted since the start and not been given back.");
  MetricFamily reserved = observe::gauges("mlgateway_quota_reserved", "What requests under way hold of a limit.");
};

void add_limit(QuotaFamilies& families, const limits::LedgerTier& tier, std::size_t index, const limits::Ledger& ledger,
               Instant now) {
  const config::Limit& limit = tier.tier->limits[index];
  const auto seen = ledger.counts(tier.ids[index], now);
  const observe::Labels labels = {{"namespace", tier.quota->namespace_name},
                                  {"mlquota", tier.quota->name},
                                  {"tier", tier.tier->name},
                                  {"limit", limit.name}};
  add_counter(families.refused, labels, number(seen.refused));
  add_gauge(families.granted, labels, whole(seen.granted));
  add_gauge(families.reserved, labels, whole(seen.reserved));
}

void append_quotas(std::vector<MetricFamily>& out, const config::GatewayConfig& config, const limits::Ledger& ledger,
                   Instant now) {
  QuotaFamilies families;
  for (const config::Quota& quota : config.quotas) {
    for (const config::Tier& tier : quota.tiers) {
      const limits::LedgerTier enrolled = ledger.enrolled(quota, tier);
      for (std::size_t i = 0; i < enrolled.ids.size(); ++i) add_limit(families, enrolled, i, ledger, now);
    }
  }
  for (MetricFamily* family : {&families.refused, &families.granted, &families.reserved}) {
    out.push_back(std::move(*family));
  }
  out.push_back(
      observe::single_gauge("mlgateway_quota_accounts", "Accounts whose use is kept.", number(ledger.accounts())));
}

void append_caches(std::vector<MetricFamily>& out, const config::GatewayConfig& config,
                   const gateway::Commons& commons) {
  MetricFamily bytes = observe::gauges("mlgateway_cache_bytes", "What the answers kept for a route take.");
  MetricFamily entries = observe::gauges("mlgateway_cache_entries", "Answers kept for a route.");
  MetricFamily evictions =
      observe::counters("mlgateway_cache_evictions_total", "Answers dropped to make room for others.");
  for (const config::Route& route : config.routes) {
    const auto store = commons.store(route);
    if (!store) continue;
    const cache::Store::Numbers numbers = store->numbers();
    const observe::Labels labels = {{"namespace", route.namespace_name}, {"mlroute", route.name}};
    add_gauge(bytes, labels, number(numbers.bytes));
    add_gauge(entries, labels, number(numbers.entries));
    add_counter(evictions, labels, number(numbers.evictions));
  }
  for (MetricFamily* family : {&bytes, &entries, &evictions}) out.push_back(std::move(*family));
}

void append_tokens(std::vector<MetricFamily>& out, const auth::TokenMemory& tokens) {
  const auth::TokenMemory::Numbers numbers = tokens.numbers();
  MetricFamily verified =
      observe::counters("mlgateway_token_verifications_total", "Tokens that were judged, by what came of it.");
  add_counter(verified, {{"result", "success"}}, number(numbers.good));
  for (std::size_t i = 0; i < numbers.refused.size(); ++i) {
    if (numbers.refused[i] == 0) continue;
    add_counter(verified, {{"result", std::string(name(static_cast<Reason>(i)))}}, number(numbers.refused[i]));
  }
  out.push_back(std::move(verified));
  out.push_back(observe::single_counter("mlgateway_tokens_recalled_total",
                                        "Requests whose token had been found good before.", number(numbers.hits)));
  out.push_back(
      observe::single_gauge("mlgateway_tokens_remembered", "Tokens found good that are kept.", number(numbers.tokens)));
}

}  // namespace

void append_commons(std::vector<MetricFamily>& out, const config::GatewayConfig& config, gateway::Commons& commons,
                    Instant now) {
  append_quotas(out, config, commons.ledger(), now);
  append_caches(out, config, commons);
  append_tokens(out, commons.tokens().memory);
}

void append_journal(std::vector<MetricFamily>& out, const limits::Journal::Numbers& journal) {
  out.push_back(observe::single_gauge("mlgateway_quota_journal_restored_records",
                                      "Records of the quota journal that were read at the start.",
                                      number(journal.restored)));
  out.push_back(observe::single_gauge("mlgateway_quota_journal_torn_bytes",
                                      "Of the quota journal, dropped at the start because they were torn.",
                                      number(journal.torn_bytes)));
  out.push_back(observe::single_counter("mlgateway_quota_journal_write_errors_total",
                                        "Times that the quota journal could not be written.",
                                        number(journal.write_errors)));
  out.push_back(
      observe::single_gauge("mlgateway_quota_journal_bytes", "Size of the quota journal.", number(journal.bytes)));
  MetricFamily last = observe::gauges("mlgateway_quota_journal_last_write_timestamp_seconds",
                                      "When the quota journal was last written; none: not yet.");
  if (journal.last_write) add_gauge(last, {}, observe::seconds(journal.last_write->time_since_epoch()));
  out.push_back(std::move(last));
}

}  // namespace mlgateway::admin
