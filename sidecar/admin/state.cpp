#include "sidecar/admin/state.hpp"

#include "sidecar/admin/quota_state.hpp"
#include "sidecar/base/rfc3339.hpp"

namespace mlgateway::admin {
namespace {

using nlohmann::json;

json time_or_null(const std::optional<WallTime>& time) { return time ? json(rfc3339(*time)) : json(nullptr); }

json describe_config(const config::LoadState& load) {
  json error;
  if (!load.error.empty()) error = {{"message", load.error}, {"sinceTime", time_or_null(load.error_since)}};
  return {
      {"hash", load.config ? load.config->hash : ""}, {"loadedTime", time_or_null(load.loaded_time)}, {"error", error}};
}

json describe_journal(const std::optional<limits::Journal::Numbers>& journal) {
  if (!journal) return nullptr;
  return {{"restored", journal->restored},
          {"tornBytes", journal->torn_bytes},
          {"writeErrors", journal->write_errors},
          {"bytes", journal->bytes},
          {"lastWriteTime", time_or_null(journal->last_write)}};
}

json describe_keys(const std::vector<jwks::Numbers>& all, Instant now) {
  json described = json::array();
  for (const jwks::Numbers& numbers : all) {
    json age;
    if (numbers.last_fetched) age = std::chrono::duration<double>(now - *numbers.last_fetched).count();
    described.push_back({{"issuer", numbers.issuer},
                         {"url", numbers.url},
                         {"keys", numbers.keys},
                         {"ageSeconds", std::move(age)},
                         {"error", numbers.error.empty() ? json(nullptr) : json(numbers.error)}});
  }
  return described;
}

json describe_cache(const config::Route& route, const gateway::Commons& commons) {
  const auto store = commons.store(route);
  if (!store) return nullptr;
  const cache::Store::Numbers numbers = store->numbers();
  return {{"bytes", numbers.bytes}, {"entries", numbers.entries}, {"evictions", numbers.evictions}};
}

json describe_route(const config::Route& route, const observe::Metrics& metrics, const gateway::Commons& commons) {
  json versions = json::array();
  for (const config::Version& version : route.versions) {
    const observe::VersionTotals totals = metrics.totals(route.namespace_name, route.name, version.name);
    versions.push_back({{"name", version.name},
                        {"requests", totals.requests},
                        {"errors", totals.errors},
                        {"inFlight", totals.in_flight}});
  }
  return {{"namespace", route.namespace_name}, {"name", route.name},
          {"generation", route.generation},    {"hash", route.hash},
          {"versions", std::move(versions)},   {"cache", describe_cache(route, commons)}};
}

}  // namespace

json describe(const State& state, const observe::Metrics& metrics, gateway::Commons& commons, Instant now) {
  json routes = json::array();
  json quotas = json::array();
  if (state.config.config) {
    for (const config::Route& route : state.config.config->routes)
      routes.push_back(describe_route(route, metrics, commons));
    for (const config::Quota& quota : state.config.config->quotas) {
      quotas.push_back(describe_quota(quota, commons.ledger(), now));
    }
  }
  return {{"contract", config::kContractVersion},
          {"version", MLGATEWAY_VERSION},
          {"workers", state.workers},
          {"draining", state.draining},
          {"config", describe_config(state.config)},
          {"routes", std::move(routes)},
          {"quotas", std::move(quotas)},
          {"keys", describe_keys(state.keys, now)},
          {"accounts", commons.ledger().accounts()},
          {"journal", describe_journal(state.journal)}};
}

}  // namespace mlgateway::admin
